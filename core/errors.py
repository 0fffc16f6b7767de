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
└── SampleError         a sample is not sound, or the database of samples cannot be used
"""


class DigitLabError(Exception):
    """The root: catch this at the border to show a message instead of a traceback."""


class SettingError(DigitLabError): ...


class ReadOnly(DigitLabError): ...


class PictureError(DigitLabError): ...


class DataError(DigitLabError): ...


class DataMissing(DataError): ...


class DataEmpty(DataError): ...


class ModelError(DigitLabError): ...


class ModelMissing(ModelError): ...


class ConfigError(DigitLabError): ...


class RunError(DigitLabError): ...


class SampleError(DigitLabError): ...


class SheetError(DigitLabError): ...
