"""The options' defaults and help texts, without the data that they are checked against."""

DEFAULT_TARGETS = "paddle,mindspore"

TARGETS_HELP = "frameworks to check for, comma-separated, each with ==VERSION if not the newest"
TORCH_VERSION_HELP = "version of torch that the source is written for (default: the newest known)"
NOTES_HELP = "also report the notes OPT9xx"
