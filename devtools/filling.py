"""Several flask commands in one process: loading the app takes longer than most of them."""

import sys

from flask.cli import FlaskGroup

DONE = "--- done"


def main(commands: list[str]) -> None:
    from wsgi import app  # noqa: PLC0415  (reads the settings, so only when really asked)

    flask = FlaskGroup(create_app=lambda: app)
    for command in commands:
        flask.main(command.split(), prog_name="flask", standalone_mode=False)
        sys.stderr.flush()
        sys.stdout.write(f"{DONE}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
