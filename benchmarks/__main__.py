"""Every benchmark, one after the other: `python -m benchmarks`, about half an hour on two cores."""

from benchmarks import canvas, hear, library, see, starter, window
from tools.starter.scenes import FONT

hear.main()
window.main()
see.main()
canvas.main()
library.main()
if FONT.exists():
    starter.main()
else:
    print("Starter models not measured: their scenes need Debian's fonts-noto-color-emoji.")
