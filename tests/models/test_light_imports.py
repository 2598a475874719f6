import subprocess
import sys

HEAVY = ["sklearn", "scipy", "datasets", "pyarrow", "pandas", "huggingface_hub"]


def test_importing_models_and_data_sets_loads_nothing_heavy():
    code = (
        "import sys, annotate.models, annotate.dataset, annotate.splits, annotate.metrics; "
        f"print([name for name in {HEAVY} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
