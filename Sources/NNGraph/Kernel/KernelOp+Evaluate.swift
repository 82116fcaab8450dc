import NNCore
import NNKernels

extension KernelOp {
  /// Runs the op at once, outside a plan.
  ///
  /// - Parameters:
  ///   - inputs: Tensors whose types are valid for the op.
  ///   - outputs: The types that `inferTypes(_:)` returns for them.
  func evaluate(_ inputs: [HostTensor], outputs: [TensorType]) -> [HostTensor] {
    let types = inputs.map { TensorType($0.shape, $0.dtype) }
    let sources = inputs.map { tensor in
      let storage = Storage(byteCount: tensor.byteCount)
      tensor.withBytes { bytes in
        if let base = bytes.baseAddress {
          storage.address.copyMemory(from: base, byteCount: bytes.count)
        }
      }
      return storage
    }
    if let view = asView {
      let start = sources[0].address + view.byteOffset(input: types[0])
      return withExtendedLifetime(sources) { outputs.map { Self.tensor($0, at: start) } }
    }
    let targets = outputs.map { Storage(byteCount: $0.byteCount) }
    let scratch = Storage(
      byteCount: scratchByteCount(inputs: types, outputs: outputs, workers: 1))
    let kernel = prepare(
      KernelContext(
        inputs: zip(sources, types).map { Buffer(address: $0.address, type: $1) },
        outputs: zip(targets, outputs).map { Buffer(address: $0.address, type: $1) },
        scratch: scratch.address, workers: 1, epilogue: nil))
    return withExtendedLifetime((sources, targets, scratch)) {
      let state = nn_denormals_flush()
      kernel.run()
      nn_denormals_restore(state)
      return zip(targets, outputs).map { Self.tensor($1, at: $0.address) }
    }
  }

  private static func tensor(
    _ type: TensorType, at address: UnsafeMutableRawPointer
  ) -> HostTensor {
    HostTensor(shape: type.shape, dtype: type.dtype) { bytes in
      bytes.baseAddress?.copyMemory(from: address, byteCount: bytes.count)
    }
  }
}
