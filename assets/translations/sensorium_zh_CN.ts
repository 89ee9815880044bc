<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AppContext</name>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history could not be opened, so nothing will be kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What you say is still written on the screen. The log says more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected happened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The app keeps running. The log has the details: {error}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n more</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>CaptionsWindow</name>
    <message>
        <source>Captions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller text (−)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger text (+)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the captions (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag to resize</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Words appear here while you speak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger text	+</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Smaller text	−</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More solid</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More see-through</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the bottom of the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>At the top of the screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close	Esc</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CoachCard</name>
    <message>
        <source>Got it</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Do not show this again</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>CommandPalette</name>
    <message>
        <source>Commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What would you like to do?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No command has this name.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FindBar</name>
    <message>
        <source>Find in this transcript</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Enter finds the next place, Shift+Enter the one before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Previous (Shift+Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Next (Enter)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close (Esc)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Not found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{which} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>FolderControl</name>
    <message>
        <source>Choose a folder</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>HearPanel</name>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the selection or all (Ctrl+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export as text or subtitles</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captions above all windows (Ctrl+Shift+C)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is lost: what you said waits, and the text catches up.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading the model: speak already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause or go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captions above all windows</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop and keep nothing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Audio and video ({patterns})</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Paused: Space goes on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finishing the last words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ready: Ctrl+R starts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribing a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s behind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LevelMeter</name>
    <message>
        <source>Level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How loud it is. Speech is best between a half and three quarters.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too loud: move away from the microphone, or turn its level down.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogModel</name>
    <message>
        <source>Debug</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Info</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Warning</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Error</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Message</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the app and its engines did. It never holds what you said.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the log files in the file manager</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save report…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save versions, settings and this log as a text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Filter the log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only lines with this text (Ctrl+F)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Level</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show this level and what is more serious</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the selected lines, or all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The selected line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No line passes the filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy log lines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save a report</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report was saved.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Save report</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Welcome to Sensorium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press Ctrl+R and speak: you read what you say. Ctrl+R again stops.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Everything happens on this machine. Nothing is sent anywhere.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ctrl+K finds every command, F1 shows every key.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This page could not be opened. The log says why.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start or stop listening</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Private mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Menu</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Commands</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show or hide labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dismiss message</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>About Sensorium</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quit</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance: same as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance: light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance: dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>View</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This page</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Anywhere</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hears, sees and draws on your own machine. MIT licence.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelCard</name>
    <message>
        <source>In use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear transcribes with this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More that can be done with this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancel; what came so far is kept</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete it from this machine?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{size} of memory</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Damaged</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A file is missing or cut short. Download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The download can go on where it stopped.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Too large</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has too little memory, or no graphics card: it would be slow or fail.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine has the memory and speed for it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert for the engine “whisper”</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Open its folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe with this model from now on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download this model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Go on with the download</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Repair</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download what is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many languages</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloading</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{title}” is ready.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelling…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Checking</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{title}” is sound.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Converting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>“{title}” now runs with the engine “whisper” too.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Deleting</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ModelsPanel</name>
    <message>
        <source>All tasks</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speech</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tone of voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Labels</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captions of pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Questions about pictures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drawing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They run on this machine. Smaller ones answer sooner.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Use a model that is on your disk already</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search by name, language, engine or licence (Ctrl+F)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the models of one task</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Which models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show only models that are installed, or that fit this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>All models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Fits this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>On this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Proposed for this machine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>More</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model passes the filter.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Looking for models…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The models could not be read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Add a model folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Look for models again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A folder with a model</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PlayerBar</name>
    <message>
        <source>Play</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play or pause (Space)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Position</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Drag to another place in the recording</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Pause</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>PreferencesPanel</name>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes hold at once.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Search preferences (Ctrl+F)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No preference has these words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language changes at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Until then the window stays as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This takes effect at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The page that was open last</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>RecordButton</name>
    <message>
        <source>Stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Finishing the last words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Record</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>ShortcutsSheet</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>SpeechSession</name>
    <message>
        <source>Continue with the chosen device</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>The engine and model that are loaded</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the model runs</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Memory that the loaded models use</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Work going on in the background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How far the text is behind what is being said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Private</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Private mode: nothing is kept. Click to end it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{seconds} s behind</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No model loaded</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Track</name>
    <message>
        <source>Me</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>File</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TranscriptPane</name>
    <message>
        <source>Copy</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy with times</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct this line</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Undo the correction</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The recording cannot be played.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text (.txt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>SubRip subtitles (.srt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>WebVTT subtitles (.vtt)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>JSON with word times (.json)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Export the transcript</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Exported to {path}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Play from here</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Correct this line	F2</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show what was heard</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Select all</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>TranscriptView</name>
    <message>
        <source>Transcript</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>↓  Jump to live</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show the newest words again (End)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>edited</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Edited. Heard was: {text}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unsure of “{word}”: {percent} %. Click to hear it, double-click to correct it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>Waveform</name>
    <message>
        <source>Waveform</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is heard now</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Choices</name>
    <message>
        <source>Source</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What to listen to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spoken language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language that is spoken</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger models make fewer mistakes and need more time</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop the recording to change this</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Default microphone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{name} (not connected)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Microphone and computer sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computer sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This machine offers no way to hear what it plays</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe files…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detect language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get more models…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_DeleteNow</name>
    <message>
        <source>Delete now</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>Recordings older than %n day(s) are deleted.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>The sound of finished recordings is deleted, their text stays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This happens at every start. Pinned recordings are never touched.</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n recording(s) deleted.</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_DropTarget</name>
    <message>
        <source>Drop to transcribe</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_Empty</name>
    <message>
        <source>start and stop</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Space</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>pause</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Get a speech model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sound and text stay on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Press record and speak</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>You read what you say while you say it. Or drop audio and video files here to transcribe them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speak now</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Your first words appear here in a moment.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_EngineOptions</name>
    <message>
        <source>Options of {engine}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give every option its default</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_FileRow</name>
    <message>
        <source>Cancel this file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Show it in the history</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Starting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Something unexpected happened.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Done</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_FilesCard</name>
    <message>
        <source>Cancel all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop transcribing files</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close this list</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>%n file(s) transcribed</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
    <message>
        <source>Transcribing file {number} of {count}</source>
        <translation type="unfinished"></translation>
    </message>
    <message numerus="yes">
        <source>and %n more</source>
        <translation type="unfinished">
            <numerusform></numerusform>
        </translation>
    </message>
</context>
<context>
    <name>_RecoveryCard</name>
    <message>
        <source>Finish transcribing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe the sound that has no text yet</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep as is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Leave it in the history as it is</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete its sound and its text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A recording was interrupted</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{length} of sound, text up to {until}. Nothing that reached the disk is lost.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Its text goes up to {until}.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_SavingOverlay</name>
    <message>
        <source>Saving…</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_SectionCard</name>
    <message>
        <source>Reset</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Give everything under “{title}” its default</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>_SegmentEditor</name>
    <message>
        <source>Enter keeps the change, Escape drops it. The words as heard are kept as well.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>errors</name>
    <message>
        <source>&apos;{folder}&apos; has a config.json and no weights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; holds a &apos;{kind}&apos;, which the app cannot use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{folder}&apos; is not the folder of a model: it has no readable config.json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; could not be opened: {detail}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; does not say which format to write.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; holds no recording.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is in use.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not a transcript that Sensorium exported.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not connected.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{name}&apos; was unplugged or does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is already there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a CTranslate2 Whisper of binary version {version}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{path}&apos; may not be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; asks for an agreement before it can be downloaded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>&apos;{repo_id}&apos; has no weights in a form that the app reads.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>A private item keeps nothing on disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Agree on the model&apos;s page of the hub, sign in with `hf auth login`, and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Ask its owner for the permission.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring it back or choose another one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bring it back, or remove the model from the list.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check its name; if it is private, sign in with `hf auth login`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check that it plays elsewhere, or convert it to WAV.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the disk.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Check the network and try again; what has been downloaded is kept.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file in it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a file with an audio track.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a folder with a Whisper (CTranslate2 or transformers) or Wav2Vec2 model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller one, or the device &apos;cpu&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose a smaller one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file for --events.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder, or mend its rights.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another model, or try again in a minute; the log tells more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another name.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose another one, or automatic detection.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose one of: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose or download one on the Models page.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Choose the device &apos;auto&apos; or &apos;cpu&apos; in the options.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close it; what is said meanwhile is kept and written afterwards.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close other programs or choose a smaller model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Close the other program, or choose another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it on the Models page or with `sensorium models convert {id}`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Convert it on the Models page or with `sensorium models convert`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Copy the model&apos;s other files there.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Delete &apos;{record}&apos; to accept its present version.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download it on the Models page or with `sensorium models download {id}`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Downloads are switched off by HF_HUB_OFFLINE.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>End it with .txt, .srt, .vtt or .json.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, or choose another folder for models.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space, or mend the rights of its folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Free some space.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it with `pip install {name}`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it with `pip install {packages}`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it, or choose another engine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install it: pip install faster-whisper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Install the newer version again; the history was left as it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>It runs with: {engines}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Item {item_id} is still being recorded.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Loading Whisper</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log out and in again, or run &apos;sensorium doctor&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Make it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Move it away to start a new one, or put back a copy.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No NVIDIA GPU can be used on this machine.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>None was found: plug one in.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>One --output cannot hold {count} inputs.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plug it in, or choose another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Plug one in, or transcribe a file.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Recording goes on as soon as it is back.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it and download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Remove it with `pip uninstall {packages}`.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Sign in with `hf auth login` and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Some settings did not fit and got their defaults: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Stop it first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Python package &apos;{name}&apos; is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Whisper model in &apos;{folder}&apos; cannot be read: {reason}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Whisper model in &apos;{folder}&apos; lacks {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The Whisper model ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The catalogue has no model for &apos;{task}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The computer was too busy and missed a moment of sound.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The disk is full: &apos;{path}&apos; cannot be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The download needs {needed}, and the disk of &apos;{folder}&apos; has {free} left.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The downloaded file &apos;{name}&apos; has a wrong checksum and was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine &apos;{engine}&apos; does not run the model &apos;{id}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The engine &apos;{engine}&apos; does not turn speech into text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder &apos;{folder}&apos; of the model &apos;{id}&apos; is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The folder of &apos;{path}&apos; is gone.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The helper process ended before its work was done (exit code {code}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; cannot be written: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; is damaged: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; is in use by another program.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history &apos;{path}&apos; was written by a newer version of Sensorium.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history has no item {item_id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history has no segment {segment_id}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history is closed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The history was closed before it could be written.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hub answered with error {status} for &apos;{repo_id}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hub cannot be reached: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hub has no &apos;{repo_id}&apos;, or it is private.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The hub no longer has version {revision} of &apos;{repo_id}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; comes with a Python package.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is being downloaded already.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is not converted for the engine &apos;whisper&apos; yet.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{id}&apos; needs no conversion.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; ended unexpectedly ({reason}).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; ended unexpectedly {count} times within a minute and is not started again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; needs the Python package &apos;{package}&apos;, which is not installed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model &apos;{model}&apos; was ended by the system, probably for lack of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; cannot be converted: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; is in CTranslate2 form.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; lacks its file &apos;{name}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The model in &apos;{folder}&apos; ran out of memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The package faster-whisper is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The report could not be saved: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings could not be saved: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The settings file could not be read, so the defaults are used.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The sound system does not answer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The voice detector is missing.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no Whisper model in &apos;{folder}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no engine &apos;{name}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no microphone &apos;{name}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model &apos;{id}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is no model in &apos;{folder}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is not enough memory for the model &apos;{model}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little memory for the Whisper model &apos;{name}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>There is too little memory for the model in &apos;{folder}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>They hold until you quit. Free some space, or check who may write to &apos;{folder}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This Whisper does not know the language &apos;{language}&apos;.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>This account may not use the microphones.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Transcribe them one by one, or export them from the history.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again later.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it happens again, choose another model; the log tells more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again. If it happens again, the file was damaged or replaced on the server.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Try again; the log may say more.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Type: sudo usermod -aG audio $USER, then log out and in again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Unset that variable and try again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify it on the Models page, or download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Verify it on the Models page, or remove it and download it again.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Wait for the other download to end.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What was said until then is kept. Plug it in, or choose another device.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whisper is ready</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>`sensorium models list` shows those that there are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>read</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>rename</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} does not exist.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} has no sound.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is a folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is empty.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} is not an audio or video file that can be read.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>{path} may not be read.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>panels</name>
    <message>
        <source>Everything that can be chosen</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Log</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Preferences</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Speak and read what you say, or transcribe files.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is installed, and what can be had</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What the app and its engines did</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>settings</name>
    <message>
        <source>A sentence in the style that you expect; it helps with names and punctuation.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>An English translation</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Background</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Best that is installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Both gives two labelled tracks: you, and what the computer plays.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Bottom</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Captions</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Careful</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Changes appear at once, without sliding or fading.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Computer audio</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Custom words</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Dark</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detect</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Detection may change its mind within a recording; naming the language is surer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Download from</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Engine options</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>English</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>English only, the fastest.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>English only; large-v3 with two decoder layers.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For ever</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>For files, or live with four or more fast cores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>General</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Geometry</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Graphics card</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Hear</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>History</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How many processor threads models may use together. Automatic leaves one for the window.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>How solid it is.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep for</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Keep the sound</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Larger models make fewer mistakes and need more time and memory.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Less is faster, more is steadier.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Light or dark; the system&apos;s choice is followed at once when it changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Listen to</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Live text</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Many languages, fast on any computer.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Microphone and computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Model</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Names and terms to expect, one a line.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nearly the accuracy of large-v3, several times faster. It does not translate.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Neutral, happy, angry or sad, trained on acted speech: a hint, not a judgement.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>No punctuation; more accurate than base.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Nothing is kept: no text and no sound. The status bar shows it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Number format</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Older recordings are deleted with everything that belongs to them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Place</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Private mode</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Processor threads; 0 takes half of the cores.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Prompt</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Quick shows words sooner; careful waits longer before a word is certain.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Reduce motion</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Same as the system</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Says how each sentence sounds. Needs an emotion model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Silence after the speech (s)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Spoken language</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Start with</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>System default</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Text size</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The address of a model hub, such as a mirror. Takes effect at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The app&apos;s own folder</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The language of the window. The text that you speak is chosen under Hear.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The loudspeaker whose sound is heard when the computer is a source.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The most accurate Whisper, and it translates.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The page that opens first.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The program that turns speech into text.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>The system&apos;s default is followed when it changes.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Threads for models</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Tone of voice</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Top</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Translation into English needs a multilingual model.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>What is said</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where I left them</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where models are stored. Those in the old folder stay there. Takes effect at the next start.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where the captions open; dragging them makes the place your own.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Where to compute: a GPU if there is one.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whisper (CTranslate2)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Whisper (PyTorch)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Without it only text stays; words can no longer be played.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Write</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>Writes what it hears letter by letter: no punctuation, and no invented words.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>days</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>float16 is fastest on a GPU, float32 on a processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>https://huggingface.co</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>int8 is fastest on a processor, float16 on a GPU.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>px</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <source>简体中文</source>
        <translation type="unfinished"></translation>
    </message>
</context>
</TS>
