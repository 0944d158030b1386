"""The parameters of the SIOV reference device (SRD, section 1) for devices on ridgeline_dut.

HELLO_OK has to name them all; an unknown name or a value out of range is refused. In hello():

    def hello(self, params):
        effective = take_srd_params(params)      # raises Fatal
        effective["totalVfs"] = 0                # what this device cannot do: it goes on with its own
        return effective
"""

from ridgeline_dut import Fatal

PROFILES = ("standard", "hyperscale", "rtl")

_FLAG, _WHOLE, _POWER_OF_TWO = range(3)

# name: kind, low, high, values by profile.
_TABLE = {
    "vendorId": (_WHOLE, 0, 0xFFFF, (0x1234, 0x1234, 0x1234)),
    "deviceId": (_WHOLE, 0, 0xFFFF, (0x510F, 0x510F, 0x510F)),
    "totalVfs": (_WHOLE, 0, 255, (16, 64, 4)),
    "firstVfOffset": (_WHOLE, 1, 0xFFFF, (1, 1, 1)),
    "vfStride": (_WHOLE, 1, 0xFFFF, (1, 1, 1)),
    "totalSdis": (_WHOLE, 1, 60000, (256, 16384, 16)),
    "firstSdiOffset": (_WHOLE, 1, 0xFFFF, (0x100, 0x100, 0x10)),
    "sdiStride": (_WHOLE, 1, 0xFFFF, (1, 1, 1)),
    "mixedIov": (_FLAG, 0, 1, (True, True, True)),
    "softwareRids": (_FLAG, 0, 1, (True, True, True)),
    "pageCount": (_WHOLE, 1, 65535, (512, 32768, 32)),
    "imsCount": (_WHOLE, 1, 65535, (512, 32768, 32)),
    "engineCount": (_WHOLE, 1, 64, (4, 4, 1)),
    "maxPayload": (_POWER_OF_TWO, 128, 4096, (512, 512, 128)),
    "ringMax": (_POWER_OF_TWO, 2, 4096, (256, 256, 16)),
    "completionTimeoutNs": (_WHOLE, 5000, 10000000, (50000, 50000, 50000)),
    "atomics": (_FLAG, 0, 1, (True, True, False)),
    "crc32": (_FLAG, 0, 1, (True, True, False)),
    "pasid": (_FLAG, 0, 1, (True, True, False)),
}


def _accepts(kind, low, high, value):
    if kind == _FLAG or isinstance(value, bool):
        return kind == _FLAG and isinstance(value, bool)
    if not isinstance(value, (int, float)) or not low <= value <= high or value != int(value):
        return False
    return kind == _WHOLE or int(value) & (int(value) - 1) == 0


def _check(name, value):
    if name == "profile":
        if value not in PROFILES:
            raise Fatal("parameter 'profile': expected standard, hyperscale or rtl")
        return
    if name not in _TABLE:
        raise Fatal("unknown parameter '%s'" % name)
    kind, low, high, _ = _TABLE[name]
    if not _accepts(kind, low, high, value):
        prefix = "a power of two " if kind == _POWER_OF_TWO else ""
        takes = "true or false" if kind == _FLAG else "%s%d..%d" % (prefix, low, high)
        raise Fatal("parameter '%s': expected %s, got %r" % (name, takes, value))


def take_srd_params(params):
    """All parameters of SRD: what `params` gives, and what it leaves to its profile."""
    for name, value in params.items():
        _check(name, value)
    profile = params.get("profile", "standard")
    column = PROFILES.index(profile)
    effective = {"profile": profile}
    for name, (kind, _, _, values) in _TABLE.items():
        value = params.get(name, values[column])
        effective[name] = value if kind == _FLAG else int(value)
    return effective
