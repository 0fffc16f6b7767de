"""Every error that Digit Lab raises on purpose. The message is a sentence for the person at the screen.

DigitLabError
├── SettingError        an environment variable holds something unusable
├── ReadOnly            a change was asked for where nothing may be changed (DIGITS_READ_ONLY)
├── PictureError        bytes that are not a picture this program reads
├── DataError           a data set is damaged, or could not be fetched
│   ├── DataMissing     a data set is not on this machine
│   └── DataEmpty       a data set has no images in a split
├── ModelError          a model folder is damaged or does not fit
│   └── ModelMissing    there is no model of that name
├── ConfigError         a training option, name or charset out of range
├── RunError            a training cannot be created, read or asked for something
└── SampleError         a sample is not sound, or their database cannot be used
"""


class DigitLabError(Exception):
    """The root: catch this at the border to show a message instead of a traceback."""


class SettingError(DigitLabError):
    """An environment variable holds something unusable."""


class ReadOnly(DigitLabError):
    """A change was asked for where nothing may be changed."""


class PictureError(DigitLabError):
    """Bytes that are not a picture this program reads."""


class DataError(DigitLabError):
    """A data set is damaged, or could not be fetched."""


class DataMissing(DataError):
    """A data set is not on this machine."""


class DataEmpty(DataError):
    """A data set has no images in a split."""


class ModelError(DigitLabError):
    """A model folder is damaged or does not fit."""


class ModelMissing(ModelError):
    """There is no model of that name."""


class ConfigError(DigitLabError):
    """A training option, a name or a charset is out of range."""


class RunError(DigitLabError):
    """A training cannot be created, read or asked for something."""


class SampleError(DigitLabError):
    """A sample is not sound, or the database of samples cannot be used."""
