// The graph speaks to the kernel table (`nn_program`, `nn_window`, …) in its own types.
@_exported public import CKernels
