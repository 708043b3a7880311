"""``python -m pydynamo_manifests`` is the ``dynamo-manifests`` command."""

import sys

from pydynamo_manifests.cli import main

sys.exit(main())
