"""Every benchmark but `gpu`, one after the other: `python -m benchmarks`, an hour or so on two idle cores."""

from benchmarks import canvas, draw, hear, library, see, see_engines, starter, window
from tools.starter.scenes import FONT

hear.main()
window.main()
see.main()
see_engines.main()
canvas.main()
draw.main()
library.main()
if FONT.exists():
    starter.main()
else:
    print("Starter models not measured: their scenes need Debian's fonts-noto-color-emoji.")
