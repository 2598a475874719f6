import os

os.environ.setdefault("HF_HUB_OFFLINE", "1")  # no test asks the hub; read when it is imported
