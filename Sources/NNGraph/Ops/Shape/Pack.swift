import NNCore

/// Tensors stored at given offsets of one flat tensor; zeros between them.
///
/// In a plan, producers write directly into the flat tensor, so that packing costs nothing.
struct Pack: KernelOp {
  static let name = "pack"
  let offsets: [Int]
  let count: Int
  var attributes: Attributes { ["offsets": .ints(offsets), "count": .int(count)] }

  func inferTypes(_ inputs: [TensorType]) throws(OpError) -> [TensorType] {
    var end = 0
    for (input, offset) in zip(inputs, offsets) {
      guard offset >= end, input.dtype == inputs[0].dtype else {
        throw OpError("pack: parts overlap or differ in type at offset \(offset)")
      }
      end = offset + input.shape.elementCount
    }
    guard end <= count else {
      throw OpError("pack: the parts end at element \(end), past the count \(count)")
    }
    return [TensorType([count], inputs[0].dtype)]
  }

  func gradient(_ context: GradientContext) -> [Value?] {
    zip(context.inputs, offsets).map { input, offset in
      context.cotangent.slice(at: offset, shape: input.shape)
    }
  }

  func prepare(_ context: KernelContext) -> Kernel {
    let target = context.outputs[0]
    let size = target.type.dtype.byteCount
    var copies: [(source: UnsafeMutableRawPointer, target: UnsafeMutableRawPointer, bytes: Int)] =
      []
    var gaps: [(start: UnsafeMutableRawPointer, bytes: Int)] = []
    var end = 0
    for (input, offset) in zip(context.inputs, offsets) {
      let address = target.address + offset * size
      if offset > end { gaps.append((target.address + end * size, (offset - end) * size)) }
      if address != input.address { copies.append((input.address, address, input.type.byteCount)) }
      end = offset + input.count
    }
    if end < count { gaps.append((target.address + end * size, (count - end) * size)) }
    return .serial {
      for gap in gaps { gap.start.initializeMemory(as: UInt8.self, repeating: 0, count: gap.bytes) }
      for copy in copies { copy.target.copyMemory(from: copy.source, byteCount: copy.bytes) }
    }
  }
}

extension Graph {
  /// One flat tensor of `count` elements that holds each part at its offset, zeros elsewhere;
  /// offsets ascend and parts do not overlap.
  package func pack(_ parts: [Value], offsets: [Int], count: Int) -> Value {
    add(Pack(offsets: offsets, count: count), parts)[0]
  }
}
