#!/usr/bin/python3
"""validate.py SCHEMA DOCUMENT...: checks documents against a draft-07 schema; every complaint is one line, exit 1.
Exit 3 when it could not tell."""
import json
import sys

import jsonschema


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    failed = False
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for error in validator.iter_errors(document):
            failed = True
            print(f"{path}: {'/'.join(map(str, error.absolute_path))}: {error.message[:200]}")
    return 1 if failed else 0


try:
    sys.exit(main())
except Exception as error:
    print(f"{type(error).__name__}: {error}", file=sys.stderr)
    sys.exit(3)
