"""Where sound and pictures come from: microphone, system audio, files, standard input."""
