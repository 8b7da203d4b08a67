"""Why a side cannot be reviewed. Each message is one sentence for the reader, or a few."""


class SideRefused(Exception):  # noqa: N818  # the CLI words it
    """A side cannot be reviewed."""


class SideUnreadable(SideRefused):
    """A file or folder is missing, cannot be read, is too large, or is no YAML or JSON."""


class RevisionUnreadable(SideRefused):
    """Git, the repository, the revision or a path in it is missing."""


class SideInvalid(SideRefused):
    """A document is no valid OpenAPI document, or a reference in it leads nowhere."""


class ReferenceRefused(SideRefused):
    """A reference leads where no review may look: to the network, or outside of the contract."""
