// NNGraph uses the C types of the kernel table (`nn_program`, `nn_window`, …) directly.
@_exported public import CKernels
