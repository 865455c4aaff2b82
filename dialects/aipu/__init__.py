"""The `aipu` dialect: what the machine executes.

Buffers with addresses, hardware loops, and instructions in the queues of five engines,
ordered by tokens. Executing the instructions of an entry one by one, in the order of
the text, is always right; the engines overlap them as far as tokens allow.
"""

from xdsl.ir import Dialect

from .dma import DmaOp, LoadOp, StoreOp
from .index import Extent, ExtentAttr, Index, IndexAttr, IndicesAttr, index, whole
from .instruction import (
    Engine,
    EngineAttr,
    InstructionOp,
    JoinOp,
    LaunchOp,
    ResumeOp,
    SyncOp,
)
from .mac import ConvOp, Dataflow, DataflowAttr, DepthwiseOp, MacOp
from .program import (
    BufferOp,
    BufferType,
    EntryOp,
    LoopOp,
    NamesAttr,
    ProgramOp,
    Space,
)
from .vector import (
    AddOp,
    AvgPoolOp,
    LookupOp,
    MaximumOp,
    MaxPoolOp,
    MinimumOp,
    MultiplyOp,
    PermuteOp,
    RequantiseOp,
    SoftmaxOp,
)

__all__ = [
    "AddOp",
    "AvgPoolOp",
    "BufferOp",
    "BufferType",
    "ConvOp",
    "Dataflow",
    "DataflowAttr",
    "DepthwiseOp",
    "DmaOp",
    "Engine",
    "EngineAttr",
    "EntryOp",
    "Extent",
    "ExtentAttr",
    "Index",
    "IndexAttr",
    "IndicesAttr",
    "InstructionOp",
    "JoinOp",
    "LaunchOp",
    "LoadOp",
    "LookupOp",
    "LoopOp",
    "MacOp",
    "MaxPoolOp",
    "MaximumOp",
    "MinimumOp",
    "MultiplyOp",
    "NamesAttr",
    "PermuteOp",
    "ProgramOp",
    "RequantiseOp",
    "ResumeOp",
    "SoftmaxOp",
    "Space",
    "StoreOp",
    "SyncOp",
    "index",
    "whole",
]

Aipu = Dialect(
    "aipu",
    [
        ProgramOp,
        BufferOp,
        EntryOp,
        LoopOp,
        LaunchOp,
        JoinOp,
        ResumeOp,
        SyncOp,
        LoadOp,
        StoreOp,
        ConvOp,
        DepthwiseOp,
        AddOp,
        MultiplyOp,
        MaximumOp,
        MinimumOp,
        RequantiseOp,
        LookupOp,
        SoftmaxOp,
        PermuteOp,
        MaxPoolOp,
        AvgPoolOp,
    ],
    [
        BufferType,
        DataflowAttr,
        EngineAttr,
        ExtentAttr,
        IndexAttr,
        IndicesAttr,
        NamesAttr,
    ],
)
