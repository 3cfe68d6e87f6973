"""`key`: make a signing key, or show the public part of one."""

import sys
from argparse import Namespace
from datetime import datetime
from pathlib import Path

from content.commands.options import Commands, command, json
from content.commands.output import tell
from content.envelope import load_key, make_key, public_text


def declare(kinds: Commands) -> None:
    """The words it takes."""
    about = "make a signing key and print its public part"
    parser = command(kinds, "key", about, "key signing-key.pem", "key --public signing-key.pem")
    parser.add_argument("file", metavar="FILE", type=Path, help="the new key; never overwritten")
    parser.add_argument("--public", action="store_true", help="only print the public part of a key")
    json(parser)
    parser.set_defaults(run=key)


def key(options: Namespace, _utc: datetime) -> None:
    """Make a signing key, or show the public part of one."""
    signer = load_key(options.file) if options.public else make_key(options.file)
    tell(options, {"public": public_text(signer)}, public_text(signer))
    if not options.public:
        print(
            f"{options.file} signs: keep it secret, and keep a copy. "
            "The line above is public: it goes into a trial display's configuration, as key in [trust], or for a "
            "publisher's own key to the office, for `keys appoint AREA --public`.",
            file=sys.stderr,
        )
