import NNCore
import NNKernels

/// The options of attention and its gradient, and the layout of their inputs.
///
/// Inputs: one to three sources, then, if present, lengths int32 [N], position int32 [1] and mask.
package struct AttentionConfiguration: Hashable, Sendable {
  /// The layout of queries [N, T, C], keys [N, S, C] and values [N, S, D].
  package enum Sources: Int, Sendable {
    /// Columns of one tensor [N, T, 3C].
    case packed = 1
    /// Queries, and keys next to values in one tensor [N, S, 2C].
    case paired = 2
    /// Three tensors.
    case separate = 3
  }

  let sources: Sources
  let heads: Int
  let scale: Double?
  let isCausal: Bool
  let hasLengths: Bool
  let hasPosition: Bool
  let hasMask: Bool

  /// Creates a configuration from its options.
  package init(
    sources: Sources, heads: Int, scale: Double?, isCausal: Bool, hasLengths: Bool,
    hasPosition: Bool, hasMask: Bool
  ) {
    self.sources = sources
    self.heads = heads
    self.scale = scale
    self.isCausal = isCausal
    self.hasLengths = hasLengths
    self.hasPosition = hasPosition
    self.hasMask = hasMask
  }

  var sourceCount: Int { sources.rawValue }
  var inputCount: Int { maskIndex + (hasMask ? 1 : 0) }
  var lengthsIndex: Int { sourceCount }
  var positionIndex: Int { lengthsIndex + (hasLengths ? 1 : 0) }
  var maskIndex: Int { positionIndex + (hasPosition ? 1 : 0) }

  var attributes: Attributes {
    [
      "sources": .string("\(sources)"), "heads": .int(heads), "causal": .bool(isCausal),
      "lengths": .bool(hasLengths), "position": .bool(hasPosition), "mask": .bool(hasMask),
    ] + (scale.map { ["scale": .double($0)] } ?? [:])
  }

  /// Checks the inputs and returns the sizes.
  ///
  /// - Throws: `OpError` for inconsistent types.
  func size(_ inputs: [TensorType]) throws(OpError) -> AttentionSize {
    let sources = inputs.prefix(sourceCount)
    guard let first = sources.first, first.dtype.isFloatingPoint,
      sources.allSatisfy({
        $0.shape.rank == 3 && $0.dtype == first.dtype && $0.shape[0] == first.shape[0]
      })
    else {
      let found = sources.map(\.description).joined(separator: ", ")
      throw OpError("attention takes float tensors [N, T, C] of one type and N, gets \(found)")
    }
    let size = AttentionSize(self, inputs)
    guard heads > 0, size.width % heads == 0, size.valueWidth % heads == 0 else {
      throw OpError(
        "attention of \(heads) heads: \(size.width) columns are not divisible by \(heads)")
    }
    guard isConsistent(inputs, size) else {
      let found = sources.map(\.shape.description).joined(separator: ", ")
      throw OpError(
        "attention (\(self.sources)) of \(found): queries, keys and values do not match")
    }
    guard scale.map({ $0 > 0 && $0.isFinite }) ?? true else {
      throw OpError("attention takes a scale above 0, gets \(scale ?? 0)")
    }
    guard !hasLengths || inputs[lengthsIndex] == TensorType([size.batch], .int32) else {
      throw OpError(
        "attention takes lengths int32[\(size.batch)], gets \(inputs[lengthsIndex])")
    }
    guard !hasPosition || isCausal && inputs[positionIndex] == TensorType([1], .int32) else {
      throw OpError(
        "causal attention takes a position int32[1], gets \(inputs[positionIndex])")
    }
    let masks: [Shape] = [[size.queries, size.keys], [size.batch, size.queries, size.keys]]
    guard
      !hasMask || inputs[maskIndex].dtype == first.dtype && masks.contains(inputs[maskIndex].shape)
    else {
      throw OpError(
        "attention takes a mask \(first.dtype)\(masks[0]) or \(masks[1]), gets \(inputs[maskIndex])"
      )
    }
    return size
  }

  private func isConsistent(_ inputs: [TensorType], _ size: AttentionSize) -> Bool {
    switch sources {
    case .packed: return inputs[0].shape[2] == 3 * size.width
    case .paired: return inputs[1].shape[2] == 2 * size.width
    case .separate: return inputs[1].shape[2] == size.width && inputs[2].shape[1] == size.keys
    }
  }
}

/// The sizes of an attention, and the layout of queries, keys and values in the sources.
struct AttentionSize {
  /// Columns of a source: its index, the stride between positions and the start, in elements.
  struct Columns {
    let source: Int
    let stride: Int
    let start: Int
  }

  /// N, the number of examples.
  let batch: Int
  let queries: Int
  let keys: Int
  let heads: Int
  /// Columns of queries and keys, all heads together.
  let width: Int
  /// Columns of values, all heads together.
  let valueWidth: Int
  let query: Columns
  let key: Columns
  let value: Columns
  let scale: Double
  let dtype: DType
  private let configuration: AttentionConfiguration

  init(_ configuration: AttentionConfiguration, _ inputs: [TensorType]) {
    let shapes = inputs.prefix(configuration.sourceCount).map(\.shape)
    self.configuration = configuration
    dtype = inputs[0].dtype
    batch = shapes[0][0]
    queries = shapes[0][1]
    heads = configuration.heads
    let last = shapes[configuration.sourceCount - 1]
    switch configuration.sources {
    case .packed:
      width = shapes[0][2] / 3
      valueWidth = width
      query = Columns(source: 0, stride: 3 * width, start: 0)
      key = Columns(source: 0, stride: 3 * width, start: width)
      value = Columns(source: 0, stride: 3 * width, start: 2 * width)
    case .paired:
      width = shapes[0][2]
      valueWidth = width
      query = Columns(source: 0, stride: width, start: 0)
      key = Columns(source: 1, stride: 2 * width, start: 0)
      value = Columns(source: 1, stride: 2 * width, start: width)
    case .separate:
      width = shapes[0][2]
      valueWidth = last[2]
      query = Columns(source: 0, stride: width, start: 0)
      key = Columns(source: 1, stride: width, start: 0)
      value = Columns(source: 2, stride: valueWidth, start: 0)
    }
    keys = shapes[shapes.count > 1 ? 1 : 0][1]
    scale = configuration.scale ?? 1 / Double(max(1, width / max(1, heads))).squareRoot()
  }

  var depth: Int { width / heads }
  var valueDepth: Int { valueWidth / heads }
  var output: TensorType { TensorType([batch, queries, valueWidth], dtype) }
  var logSums: TensorType { TensorType([batch, heads, queries], dtype) }

  /// Multiply–accumulates of one head of one example without padding.
  var multiplyAdds: Int {
    [queries, keys, depth + valueDepth].saturatingProduct / (configuration.isCausal ? 2 : 1)
  }

  /// Bytes of scratch memory for one worker.
  func scratchByteCount(gradient: Bool) -> Int {
    Kernels.table(for: dtype).pointee.attention_scratch_bytes(keys, depth, valueDepth, gradient)
      .roundedUp(toMultipleOf: Storage.alignment)
  }

  /// The start of a head's columns in a tensor, for one example.
  func address(
    _ columns: Columns, in buffer: Buffer, example: Int, head: Int, depth: Int
  ) -> UnsafeMutableRawPointer {
    let positions = buffer.type.shape[1]
    return buffer.address
      + (example * positions * columns.stride + columns.start + head * depth) * dtype.byteCount
  }

  /// The description of a head for the C loops.
  func head(_ head: Int, example: Int, _ inputs: [Buffer]) -> nn_attention {
    func address(_ columns: Columns, _ depth: Int) -> UnsafeRawPointer {
      UnsafeRawPointer(
        self.address(
          columns, in: inputs[columns.source], example: example, head: head, depth: depth))
    }
    func integer(_ index: Int, _ position: Int) -> Int {
      Int(inputs[index].address.assumingMemoryBound(to: Int32.self)[position])
    }
    let length = configuration.hasLengths ? integer(configuration.lengthsIndex, example) : keys
    var mask: UnsafeRawPointer?
    if configuration.hasMask {
      let own = inputs[configuration.maskIndex].type.shape.rank == 3 ? example : 0
      mask = UnsafeRawPointer(
        inputs[configuration.maskIndex].address + own * queries * keys * dtype.byteCount)
    }
    return nn_attention(
      query: address(query, depth), key: address(key, depth), value: address(value, valueDepth),
      query_stride: query.stride, key_stride: key.stride, value_stride: value.stride,
      keys: min(keys, max(0, length)), depth: depth, value_depth: valueDepth, scale: scale,
      causal: configuration.isCausal,
      first: configuration.hasPosition ? max(0, integer(configuration.positionIndex, 0)) : 0,
      mask: mask, mask_stride: keys)
  }
}
