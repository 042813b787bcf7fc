"""The self-check inside an article on another site: the runner's pages in a frame."""
