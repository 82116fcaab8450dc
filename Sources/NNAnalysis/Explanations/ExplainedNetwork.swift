package import NNCore
import NNGraph
package import NNLayers
package import NNTraining

/// A trained network as methods of explanation call it: rows in, scores and gradients out.
///
/// A row is one example as numbers: the raw inputs of the network, before the run's normalisation,
/// and embeddings in place of integers such as tokens, which have no gradient.
///
/// Not `Sendable`: one task uses it at a time.
package final class ExplainedNetwork {
  /// What is computed in addition to the scores.
  package struct Request: Hashable, Sendable {
    /// Whether the gradient with respect to the rows is computed.
    package var gradient = false
    /// Whether a ReLU passes only positive gradients back (guided backpropagation).
    package var isGuided = false
    /// The path of the layer whose output, and the gradient with respect to it, is returned.
    package var layer: String?

    /// Scores only.
    package init() {}

    /// Scores and gradients.
    package static let gradients: Request = {
      var request = Request()
      request.gradient = true
      return request
    }()
  }

  /// The values of a call.
  package struct Result: Sendable {
    /// The score of each row.
    package fileprivate(set) var scores: [Double] = []
    /// The gradient of each row's score, in the layout of the rows, 0 for padding; empty unless
    /// requested.
    package fileprivate(set) var gradients: [Double] = []
    /// The output of the requested layer for each row.
    package fileprivate(set) var activations: [Double] = []
    /// The gradient of each row's score with respect to it.
    package fileprivate(set) var activationGradients: [Double] = []
  }

  /// The part of a row that one input of the network reads.
  package struct Part: Sendable {
    /// The input's name.
    package let name: String
    /// The shape of the part: that of the raw input, or of its embedding.
    package let shape: Shape
    /// Whether the part is the embedding of integers.
    package let isEmbedded: Bool
    /// The position of its first number in a row.
    package let offset: Int

    /// The positions of its numbers in a row.
    package var range: Range<Int> { offset..<offset + shape.elementCount }
  }

  private let source: NetworkSource
  private var compiled: [Key: Function] = [:]
  private let memory = SessionMemory()
  /// The layers with their outputs' shapes for one example, in the order of computation.
  package let layers: [(path: String, layer: any Layer, shape: Shape)]
  /// The number of outputs of the network, of which one is explained.
  package let outputCount: Int
  /// The parts of a row, one for each input of the network.
  package let parts: [Part]

  private struct Key: Hashable {
    let request: Request
    let rows: Int
    let outputs: Bool
  }

  /// The maximum number of rows of one call; more are split.
  package static let batchSize = 64

  /// Prepares a network.
  ///
  /// - Throws: `NNError` for a network with a decoder or with outputs other than [N, K], and for one
  ///   that reads integers other than by an embedding.
  package init(_ source: NetworkSource) throws(NNError) {
    self.source = source
    guard source.signature.example.decoderValues == nil else {
      throw .invalid(
        "the network has a decoder, which outputs a sequence; explanations are of outputs [N, K]: "
          + "one number for each class, or one")
    }
    let graph = Graph()
    let raw = source.signature.batch(of: 1).map { graph.input($0, $1) }
    let built = RawNetwork(source, raw: raw, mode: .evaluation).network
    try graph.validate()
    layers = built.layerOutputs.map {
      ($0.path, $0.layer.unnamed, Shape(Array($0.value.shape.dimensions.dropFirst())))
    }
    let output = built.value.shape
    guard output.rank == 2 else {
      throw .invalid(
        "the network's output has the shape [N"
          + "\(output.dimensions.dropFirst().map { ", \($0)" }.joined())]; explanations are of "
          + "outputs [N, K]: one number for each class, or one")
    }
    outputCount = output[1]
    parts = try Self.parts(source.signature, raw, built.layerOutputs)
  }

  private static func parts(
    _ signature: InputSignature, _ raw: Ports<Value>, _ layers: [LayerOutput]
  ) throws(NNError) -> [Part] {
    var parts: [Part] = []
    for (name, input) in zip(raw.names, raw.all) where name != PortName.lengths {
      let offset = parts.last?.range.upperBound ?? 0
      guard !input.dtype.isFloatingPoint else {
        let shape = Shape(Array(input.shape.dimensions.dropFirst()))
        parts.append(Part(name: name, shape: shape, isEmbedded: false, offset: offset))
        continue
      }
      let readers = layers.filter { $0.isEmbedding(of: input) }
      guard readers.count == 1 else {
        throw .invalid(
          "integers have no gradient, and the input `\(name)` is read by "
            + (readers.isEmpty ? "no embedding layer" : "\(readers.count) embedding layers")
            + "; explanations are of integers that one embedding reads")
      }
      let shape = Shape(Array(readers[0].value.shape.dimensions.dropFirst()))
      parts.append(Part(name: name, shape: shape, isEmbedded: true, offset: offset))
    }
    return parts
  }

  /// The part of an image [channels, height, width]; nil unless there is exactly one.
  var imagePart: Part? {
    let images = parts.filter { $0.shape.rank == 3 && !$0.isEmbedded }
    return images.count == 1 ? images[0] : nil
  }

  /// Raw inputs as rows; bytes become 0…1, and sequences with fewer steps are padded.
  ///
  /// - Throws: `NNError` for inputs of other shapes, and if there are none.
  package func rows(_ inputs: Ports<HostTensor>) throws(NNError) -> ExplainedRows {
    try source.signature.require(inputs)
    var raw = source.rawInputs(inputs)
    let count = raw.values.shape[0]
    guard count > 0 else { throw .invalid("there are no rows to explain") }
    let lengths =
      source.signature.example.lengths == nil
      ? nil : raw.lengths?.scalars(as: Int32.self).map { Int($0) }
    raw.values = padded(raw.values)
    let embeddings = try embeddings(of: raw)
    let tensors = parts.map {
      ($0.shape.elementCount, (embeddings[$0.name] ?? raw[$0.name])?.doubles ?? [])
    }
    let numbers =
      tensors.count == 1
      ? tensors[0].1
      : (0..<count).flatMap { row in
        tensors.flatMap { width, numbers in numbers[row * width..<(row + 1) * width] }
      }
    let main = parts[0].shape
    return ExplainedRows(
      numbers, count: count, lengths: lengths,
      steps: main.rank > 0 ? (main[0], main.elementCount / max(1, main[0])) : (1, 1))
  }

  /// Numbers in the layout of rows as a tensor [N, …] for each input.
  ///
  /// - Parameter dtype: Their type; nil (default) for that of the run.
  func tensors(_ numbers: [Double], dtype: DType? = nil) -> Ports<HostTensor> {
    let width = parts.reduce(0) { $0 + $1.shape.elementCount }
    let count = numbers.count / max(1, width)
    return Ports(
      named: parts.map { part in
        let own = columns(part, of: numbers, width: width)
        return (
          part.name,
          HostTensor(
            doubles: own, shape: Shape([count] + part.shape.dimensions),
            dtype: dtype ?? source.layout.dtype)
        )
      })
  }

  /// The numbers of one input in rows.
  private func columns(_ part: Part, of numbers: [Double], width: Int) -> [Double] {
    guard parts.count > 1 else { return numbers }
    return stride(from: 0, to: numbers.count, by: width).flatMap { row in
      numbers[row + part.offset..<row + part.range.upperBound]
    }
  }

  /// Sequences with zeros up to the number of steps that the network reads.
  private func padded(_ rows: HostTensor) -> HostTensor {
    let known = source.signature.example.values.shape
    guard source.signature.example.lengths != nil, rows.shape[1] < known[0] else { return rows }
    let (short, long) = (rows.elementCount / rows.shape[0], known.elementCount)
    let own = rows.doubles
    var numbers = [Double](repeating: 0, count: rows.shape[0] * long)
    for row in 0..<rows.shape[0] {
      numbers.replaceSubrange(
        row * long..<row * long + short, with: own[row * short..<(row + 1) * short])
    }
    return HostTensor(
      doubles: numbers, shape: Shape([rows.shape[0]] + known.dimensions), dtype: rows.dtype)
  }

  /// The embeddings of integers by the names of inputs.
  private func embeddings(of raw: Ports<HostTensor>) throws(NNError) -> [String: HostTensor] {
    let names = parts.filter(\.isEmbedded).map(\.name)
    guard !names.isEmpty else { return [:] }
    let graph = Graph()
    let inputs = source.signature.batch(of: raw.values.shape[0]).map { name, type in
      names.contains(name)
        ? graph.input(name, type)
        : graph.constant(HostTensor(zeros: type.shape, dtype: type.dtype))
    }
    let built = RawNetwork(source, raw: inputs, mode: .evaluation).network
    var outputs: [(name: String, value: Value)] = []
    for name in names {
      guard let input = inputs[name],
        let embedding = built.layerOutputs.first(where: { $0.isEmbedding(of: input) })
      else { continue }
      outputs.append((name, embedding.value))
    }
    let function = try Function(graph, outputs: outputs, variables: source.variables)
    for name in names {
      if let tokens = raw[name] { try function.write(name, tokens) }
    }
    try function.run()
    var found: [String: HostTensor] = [:]
    for name in names { found[name] = try function.read(name) }
    return found
  }

  /// The outputs of the network, `outputCount` for each row.
  package func outputs(of rows: ExplainedRows) throws(NNError) -> [Double] {
    let function = try function(Key(request: Request(), rows: rows.count, outputs: true))
    try write(rows, to: function)
    try function.run()
    return try function.read("outputs").doubles
  }

  /// The chosen output of each row, and what is requested in addition.
  ///
  /// - Parameters:
  ///   - rows: The rows.
  ///   - choices: The index of the output of each row.
  package func callAsFunction(
    _ rows: ExplainedRows, choices: [Int], _ request: Request
  ) throws(NNError) -> Result {
    // A last part of another size would be compiled for itself.
    let size = min(rows.count, Self.batchSize)
    var result = Result()
    var start = 0
    while start < rows.count {
      let range = start..<min(start + size, rows.count)
      let own = Array(choices[range])
      let filled = own + [Int](repeating: own[0], count: size - own.count)
      let part = rows.part(range, filledTo: size)
      try run(part, filled, request, own.count, &result)
      start = range.upperBound
    }
    result.gradients = result.gradients.isEmpty ? [] : rows.withoutPadding(result.gradients)
    return result
  }

  /// Appends the values of the first `count` rows.
  private func run(
    _ rows: ExplainedRows, _ choices: [Int], _ request: Request, _ count: Int,
    _ result: inout Result
  ) throws(NNError) {
    let function = try function(Key(request: request, rows: rows.count, outputs: false))
    try write(rows, to: function)
    try function.write("choices", HostTensor(choices.map { Int32($0) }))
    try function.run()
    func first(_ name: String) throws(NNError) -> ArraySlice<Double> {
      let values = try function.read(name).doubles
      return values.prefix(values.count / rows.count * count)
    }
    result.scores += try first("scores")
    if request.gradient {
      var columns: [(width: Int, values: ArraySlice<Double>)] = []
      for part in parts {
        columns.append((part.shape.elementCount, try first("gradients/\(part.name)")))
      }
      for row in 0..<(columns.count == 1 ? 0 : count) {
        for (width, values) in columns {
          result.gradients += values[row * width..<(row + 1) * width]
        }
      }
      if columns.count == 1 { result.gradients += columns[0].values }
    }
    if request.layer != nil {
      result.activations += try first("activations")
      result.activationGradients += try first("activationGradients")
    }
  }

  /// Fills the inputs of a function.
  private func write(_ rows: ExplainedRows, to function: Function) throws(NNError) {
    for part in parts {
      try function.write(
        "rows/\(part.name)", numbers: columns(part, of: rows.numbers, width: rows.width))
    }
    if let lengths = rows.lengths {
      try function.write("lengths", HostTensor(lengths.map { Int32(clamping: $0) }))
    }
  }

  private func function(_ key: Key) throws(NNError) -> Function {
    if let known = compiled[key] { return known }
    let graph = Graph()
    let request = key.request
    var rows: [String: Value] = [:]
    for part in parts {
      let type = TensorType(Shape([key.rows] + part.shape.dimensions), source.layout.dtype)
      rows[part.name] = graph.input("rows/\(part.name)", type)
    }
    let embedded = Set(parts.filter(\.isEmbedded).map(\.name))
    let raw = source.signature.batch(of: key.rows).map { name, type in
      if name == PortName.lengths { return graph.input("lengths", type) }
      if !embedded.contains(name), let value = rows[name] { return value }
      // Integers themselves do not matter: layers read the replacement of their embedding. They differ,
      // since equal constants are one value, by which inputs could not be told apart.
      let number = Double(embedded.sorted().firstIndex(of: name) ?? 0)
      return graph.constant(
        HostTensor(
          doubles: [Double](repeating: number, count: type.shape.elementCount), shape: type.shape,
          dtype: type.dtype))
    }
    let replaced = raw.names.filter(embedded.contains).compactMap { name in
      raw[name].map { (input: $0, value: rows[name]) }
    }
    let network = RawNetwork(source, raw: raw, mode: .evaluation) { output in
      if let part = replaced.first(where: { output.isEmbedding(of: $0.input) }) {
        return part.value
      }
      return request.isGuided && output.layer.unnamed is ReLU ? Self.guided(output) : nil
    }.network
    try graph.validate()
    var outputs: [(name: String, value: Value)] = []
    if key.outputs {
      outputs = [("outputs", network.value)]
    } else {
      let choices = graph.input("choices", TensorType([key.rows], .int32))
      let scores = network.value.gather(choices, along: 1)
      outputs.append(("scores", scores))
      if request.gradient {
        let gradients = graph.gradients(
          of: scores.sum(), withRespectTo: parts.compactMap { rows[$0.name] })
        outputs += zip(parts, gradients).map { ("gradients/\($0.name)", $1) }
      }
      if let path = request.layer,
        let layer = network.layerOutputs.first(where: { $0.path == path })
      {
        let gradient = graph.gradients(of: scores.sum(), withRespectTo: [layer.value])[0]
        outputs += [("activations", layer.value), ("activationGradients", gradient)]
      }
    }
    try graph.validate()
    let function = try Function(
      graph, outputs: outputs, variables: source.variables, memory: memory)
    compiled[key] = function
    return function
  }

  /// A ReLU that passes back only the positive part of the gradient.
  private static func guided(_ output: LayerOutput) -> Value? {
    guard let input = output.inputs.first else { return nil }
    return output.value.withGradient(of: [input]) { cotangent, sources in
      let zero = cotangent.graph.constant(0, dtype: cotangent.dtype)
      return [sources[0].isGreater(than: zero).select(cotangent.relu(), 0)]
    }
  }
}

extension LayerOutput {
  /// Whether the layer looks up the vectors of an input.
  fileprivate func isEmbedding(of input: Value) -> Bool {
    layer.unnamed is Embedding && inputs.first == input
  }
}
