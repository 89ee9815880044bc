"""How the starter models are made; `make starter` runs it from top to bottom.

world.py        what there is: names, glyphs, colours, places, and which combinations are held out
scenes.py       pictures of it, with the truth about them
pool.py         many of them, rendered ahead
texts.py        what can be said about a scene: captions, questions, answers
sentences.py    conversations about it in whole sentences, and what such a sentence claims
tokenizer.py    the words of these texts as tokens
training.py     the loop that all trainings share
train_vit.py    what is it?                                 starter-vit
tower.py        a picture tower of one model put into another
blip.py         how the two BLIPs start, and what their patches go on learning
train_clip.py, train_blip_vqa.py, train_blip_caption.py     starter-clip, starter-blip-vqa, starter-blip-caption
train_llava.py  a chat about a picture                      starter-llava
voices.py       words that machine voices say, ahead
sounds.py       rooms and noise around them
train_wav2vec2.py                                           starter-wav2vec2
drawings.py     pictures of one thing, with a prompt and a sketch of each
drawing_pool.py many of them, rendered ahead
train_autoencoder.py, train_sd.py, train_controlnet.py      starter-sd and its two ControlNets
train_easy_vqa.py                                           the same BLIP on somebody else's data; not shipped
card.py         the model cards, from what benchmarks/starter.py measured
"""
