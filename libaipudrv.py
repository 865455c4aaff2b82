"""The driver's module for Python, as the board has it: `from libaipudrv import *`.

Class `NPU`, the structures of the API under their names there, and all its numbers.
"""

from aipu.runtime.device import structures as _structures
from aipu.runtime.device.codes import PREFIXES as _PREFIXES
from aipu.runtime.device.codes import api_name as _api_name
from aipu.runtime.device.npu import NPU as NPU

aipu_tensor_desc_t = _structures.TensorDescriptor
aipu_global_config_simulation_t = _structures.GlobalSimulation
aipu_global_config_hw_t = _structures.GlobalHardware
aipu_job_config_simulation_t = _structures.JobSimulation
aipu_job_config_dump_t = _structures.JobDump
aipu_load_graph_cfg_t = _structures.LoadGraph
aipu_create_job_cfg_t = _structures.CreateJob
aipu_dynshape_param_t = _structures.DynamicShapes
aipu_shared_tensor_info_t = _structures.SharedTensor

globals().update((_api_name(member), member) for kind in _PREFIXES for member in kind)
