"""Every error that Digit Lab raises on purpose. The message is a sentence for the person at the screen.

DigitLabError
├── SettingError        an environment variable holds something unusable
├── PictureError        bytes that are not a picture this program reads
├── DataError           a data set is damaged, or could not be fetched
│   └── DataMissing     a data set is not on this machine
├── ModelError          a model folder is damaged or does not fit
│   └── ModelMissing    there is no model of that name
└── ConfigError         a training option, name or charset out of range
"""


class DigitLabError(Exception):
    """The root: catch this at the border to show a message instead of a traceback."""


class SettingError(DigitLabError):
    """An environment variable holds something unusable."""


class PictureError(DigitLabError):
    """Bytes that are not a picture this program reads."""


class DataError(DigitLabError):
    """A data set is damaged, or could not be fetched."""


class DataMissing(DataError):
    """A data set is not on this machine."""


class ModelError(DigitLabError):
    """A model folder is damaged or does not fit."""


class ModelMissing(ModelError):
    """There is no model of that name."""


class ConfigError(DigitLabError):
    """A training option, a name or a charset is out of range."""
