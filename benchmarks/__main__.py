"""Every benchmark, one after the other: `python -m benchmarks`, about half an hour on two cores."""

from benchmarks import hear, window

hear.main()
window.main()
