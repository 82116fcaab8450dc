package import NNCore

extension HostTensor {
  /// A copy of the slices at the given indices along the first axis: `take(rows, axis=0)` in NumPy.
  package func gathering(_ rows: [Int]) -> HostTensor {
    var result = HostTensor(zeros: shape.replacing(axis: 0, with: rows.count), dtype: dtype)
    result.copyRows(rows, of: self)
    return result
  }

  /// Tensors that differ in their first axis alone, one after another: `concatenate(parts, axis=0)`
  /// in NumPy.
  ///
  /// - Parameter parts: At least one.
  package static func concatenating(_ parts: [HostTensor]) -> HostTensor {
    guard parts.count > 1, let first = parts.first else { return parts[0] }
    let count = parts.reduce(0) { $0 + $1.shape[0] }
    return HostTensor(shape: first.shape.replacing(axis: 0, with: count), dtype: first.dtype) {
      target in
      var offset = 0
      for part in parts {
        part.withBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[offset...].prefix(source.count))
            .copyMemory(from: source)
          offset += source.count
        }
      }
    }
  }

  /// Copies the slices of another tensor of this type along the first axis, which are shorter, to
  /// the beginnings of this tensor's slices.
  mutating func copyBeginnings(of source: HostTensor) {
    let count = shape[0]
    let (short, long) = (source.byteCount / max(1, count), byteCount / max(1, count))
    source.withBytes { source in
      withMutableBytes { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for row in 0..<count {
          (target + row * long).copyMemory(from: source + row * short, byteCount: short)
        }
      }
    }
  }

  /// Replaces this tensor's slices along the first axis by the slices `rows` of another tensor of
  /// this type, or by their beginnings where this tensor's slices are shorter.
  mutating func copyRows(_ rows: some Collection<Int>, of source: HostTensor) {
    let sourceBytes = source.byteCount / max(1, source.shape[0])
    let targetBytes = byteCount / max(1, shape[0])
    source.withBytes { source in
      withMutableBytes { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for (index, row) in rows.enumerated() {
          (target + index * targetBytes)
            .copyMemory(from: source + row * sourceBytes, byteCount: targetBytes)
        }
      }
    }
  }
}
