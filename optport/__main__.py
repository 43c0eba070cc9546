"""``python -m optport``.

Python then looks for modules in the current directory first, which may be the tree that is to be
checked: that ends here, before anything else is imported.
"""

import sys

if __name__ == "__main__":
    import os

    if not sys.flags.safe_path and sys.path and sys.path[0] in ("", os.getcwd()):
        del sys.path[0]

    from optport.cli import main

    sys.exit(main())
