"""`from libaipudrv import *`: the names and numbers of the open driver's module."""

import aipu.libaipudrv as module

NUMBERS = {
    "AIPU_STATUS_SUCCESS": 0,
    "AIPU_STATUS_ERROR_INVALID_JOB_ID": 0x10,
    "AIPU_STATUS_ERROR_JOB_DISPATCH_FAIL": 0x37,
    "AIPU_DATA_TYPE_S8": 3,
    "AIPU_TENSOR_TYPE_PROFILER": 4,
    "AIPU_JOB_STATUS_DONE": 1,
    "AIPU_JOB_COREDUMP": 3,
    "AIPU_JOB_CONFIG_TYPE_DUMP_PROFILE": 0x200,
    "AIPU_CONFIG_TYPE_SIMULATION": 0x10000,
    "AIPU_GLOBAL_CONFIG_TYPE_ENABLE_VER_CHECK": 0x2000000,
    "AIPU_IOCTL_GET_VERSION": 273,
    "AIPU_MEM_REGION_SRAM": 1,
    "DEV_BUSY": 1,
}


def test_numbers() -> None:
    assert {name: vars(module)[name] for name in NUMBERS} == NUMBERS


def test_structures() -> None:
    configuration = module.aipu_global_config_simulation_t()
    assert (configuration.freq_mhz, configuration.ddr_bw) == (1000, 256)
    assert configuration.perf_report == "./perf.csv"
    assert module.aipu_load_graph_cfg_t().extra_weight_path == ""


def test_nothing_else_is_shown() -> None:
    beginnings = ("aipu_", "AIPU_", "DEV_", "NPU", "_")
    assert [name for name in vars(module) if not name.startswith(beginnings)] == []
