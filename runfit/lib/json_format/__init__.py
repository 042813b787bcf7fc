"""Content files: untrusted JSON read into frozen dataclasses, and written back exactly.

A shape is a frozen dataclass whose annotations say what a file may hold: `str`, `int` (with
`within`), `bool`, `Literal`, `tuple`, `Mapping`, another shape, or one of several shapes;
`Annotated` adds checks. A field with a default is optional in a file, and `X | None` may be null;
where None is the default, the key is left out instead. A key that is a Python word takes an
underscore (`in_`, `from_`).

An optional `absent` field holds the keys that the file left out, so that a default that was
written out is written back too.
"""
