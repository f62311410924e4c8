"""``python -m workers.kernels.make_country --size 1024 --seed 7 --folder <folder>``."""

import argparse
import sys

from workers.contracts.requests import KernelRequest
from workers.kernels.make_country import Parameters, run


def main() -> None:
    """Make the country and print where it is."""
    parser = argparse.ArgumentParser(prog="make_country", description="Make the synthetic country.")
    parser.add_argument("--size", type=int, default=1024, help="edge in pixels of 10 m")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--folder", required=True)
    options = parser.parse_args()
    parameters = Parameters(size=options.size, seed=options.seed, folder=options.folder)
    request = KernelRequest(
        id="make_country",
        kernel="make_country",
        parameters=parameters.model_dump(),
        staging=options.folder,
    )
    result = run(request, parameters, lambda stage, fraction: None)
    sys.stdout.write(f"{result.report['href']}\n")


if __name__ == "__main__":
    main()
