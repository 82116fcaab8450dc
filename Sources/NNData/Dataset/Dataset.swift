public import NNCore

/// A data set: N examples, each with an input and a target.
///
/// Inputs in uint8 are images: they stay bytes in memory and are divided by 255, to 0…1, when
/// batches are made. Inputs of a data set with a vocabulary are tokens, int32 [N, T], which stay
/// unchanged.
public struct Dataset: Sendable {
  /// Where the examples come from, for messages and listings.
  public let name: String
  /// The network's input for all examples of the source; subsets share it with the whole data set.
  var source: Ports<ExampleRows>
  /// The sizes of the vocabularies where inputs are tokens; nil where they are numbers.
  public internal(set) var vocabulary: VocabularySizes?
  /// The targets by name, the main one first: class labels, int32 [N, …], or numbers, float32 or
  /// float64 [N, K].
  public private(set) var namedTargets: Ports<HostTensor>
  /// Whether there are targets; otherwise the main target are zeros, which no loss may read.
  public internal(set) var hasTargets = true
  /// The weight of each example in losses, float64 [N]; nil where all count alike.
  public internal(set) var weights: HostTensor?
  /// The name of each class, where the source has names.
  public private(set) var classNames: [String]?
  /// The tokenizers of the texts; nil where examples are not texts.
  public internal(set) var tokenizers: TokenizerPair?
  /// The texts of a source of pairs, including those that exceed its `max_length`; nil for other
  /// sources and for subsets.
  public internal(set) var pairs: TextPairs?
  /// The average number of characters per target, where targets are tokens of a text.
  public internal(set) var charactersPerToken: Double?
  /// The name of each input column, where the source has names.
  public internal(set) var featureNames: [String]?
  /// The name of each target column, where the source has names.
  public internal(set) var targetNames: [String]?
  /// The range of the source's inputs; nil for tokens and Booleans.
  var inputUnit: InputUnit?
  /// The normalisation of numeric targets: batches hold (target − offset) ÷ divisor; the identity
  /// by default.
  public internal(set) var targetScale = Normalization.identity
  /// How the columns of a table became inputs, in order; nil where they are numbers as they are.
  public internal(set) var columns: [ColumnEncoding]?
  /// What was filled in, unknown, clipped or left out when the source was read.
  public internal(set) var notes: [DataNote] = []
  /// The columns of training data as read, to which an encoding can be fitted again.
  var table: TableColumns?
  /// The texts of training data as read, to which a tokenizer can be fitted again.
  var texts: RawTexts?
  /// The overlap of successive examples in time; nil where examples are independent.
  public internal(set) var timeOrder: TimeOrder?
  /// The group of each example, by the column or array of the source that determines it; empty unless
  /// they were requested (``DataRequest/groupBy``).
  public internal(set) var groups: [ColumnReference: [Int32]] = [:]
  /// The rows of the source that these examples are, by which messages name them; nil for all.
  private var sourceRows: [Int]?

  /// Creates a data set after checking it.
  ///
  /// - Parameters:
  ///   - name: Where the examples come from.
  ///   - inputs: [N, …] of any type.
  ///   - targets: int32 labels [N, …] or float numbers [N, K].
  ///   - classNames: The names of classes 0, 1, ….
  ///   - featureNames: The names of the input columns.
  ///   - weights: The weight of each example in losses; nil (default) for 1 each. See
  ///     `weighted(by:)`.
  /// - Throws: `NNError` when there are no examples, the numbers of inputs and targets differ, a
  ///   number is NaN or infinite (naming row and column), a label is negative or ≥ the number of
  ///   `classNames`; and for weights as `weighted(by:)`.
  public init(
    name: String, inputs: HostTensor, targets: HostTensor, classNames: [String]? = nil,
    featureNames: [String]? = nil, weights: [Double]? = nil
  ) throws(NNError) {
    try self.init(
      name: name, source: Ports(inputs), targets: targets, classNames: classNames,
      featureNames: featureNames, weights: weights)
  }

  /// Creates a data set with one target after checking it; otherwise as below.
  public init(
    name: String, source: Ports<HostTensor>, targets: HostTensor,
    vocabulary: VocabularySizes? = nil, classNames: [String]? = nil, featureNames: [String]? = nil,
    ignoredLabel: Int32? = nil, weights: [Double]? = nil
  ) throws(NNError) {
    try self.init(
      name: name, source: source, namedTargets: [PortName.target: targets],
      vocabulary: vocabulary, classNames: classNames, featureNames: featureNames,
      ignoredLabel: ignoredLabel, weights: weights)
  }

  /// Creates a data set of sequences, or of several inputs or targets, after checking it.
  ///
  /// - Parameters:
  ///   - name: Where the examples come from.
  ///   - source: Numbers [N, T, …] or, with a vocabulary, tokens int32 [N, T]; with lengths int32
  ///     [N] where sequences are padded, and a decoder's tokens int32 [N, T′] for an
  ///     encoder–decoder.
  ///   - namedTargets: By name, each as above; labels equal to `Dataset.ignoredLabel` are ignored where inputs are
  ///     tokens.
  ///   - vocabulary: The sizes of the vocabularies; nil where inputs are numbers.
  ///   - classNames: The names of classes 0, 1, ….
  ///   - featureNames: The names of the input columns.
  ///   - ignoredLabel: A label that is ignored, which may be negative; nil (default) for none, or
  ///     for `Dataset.ignoredLabel` where inputs are tokens.
  ///   - weights: The weight of each example in losses; nil (default) for 1 each.
  /// - Throws: `NNError` as above, and for a length that is not in 1…T or a token outside the
  ///   vocabulary, naming the row.
  public init(
    name: String, source: Ports<HostTensor>, namedTargets: Ports<HostTensor>,
    vocabulary: VocabularySizes? = nil, classNames: [String]? = nil, featureNames: [String]? = nil,
    ignoredLabel: Int32? = nil, weights: [Double]? = nil
  ) throws(NNError) {
    try self.init(
      name: name, rows: source.map { .memory($1) }, namedTargets: namedTargets,
      vocabulary: vocabulary, classNames: classNames, featureNames: featureNames,
      ignoredLabel: ignoredLabel, weights: weights)
  }

  /// Creates a data set whose inputs may be in files; otherwise as above. Lengths are in memory, and so
  /// are tokens other than categories.
  init(
    name: String, rows source: Ports<ExampleRows>, namedTargets: Ports<HostTensor>,
    vocabulary: VocabularySizes?, classNames: [String]?, featureNames: [String]?,
    ignoredLabel: Int32?, weights: [Double]?
  ) throws(NNError) {
    let inputs = source.values
    let targets = namedTargets.values
    precondition(
      namedTargets.all.allSatisfy { $0.dtype == .int32 || $0.dtype.isFloatingPoint },
      "targets are int32 or floats, not \(namedTargets.all.map(\.dtype))")
    guard source.lengths == nil || inputs.shape.rank >= 2 else {
      throw .invalid("inputs with lengths have steps: [N, T, …], not \(inputs.shape)", at: name)
    }
    guard inputs.shape.rank >= 1, targets.shape.rank >= 1 else {
      throw .invalid("expected inputs and targets with a batch axis, found a scalar", at: name)
    }
    guard inputs.shape[0] == targets.shape[0] else {
      throw .invalid(
        "\(inputs.shape[0]) inputs but \(targets.shape[0]) targets", at: name)
    }
    guard inputs.shape[0] > 0 else { throw .invalid("holds no examples", at: name) }
    for (shape, what) in [(inputs.shape, "inputs"), (targets.shape, "targets")]
    where shape.dimensions.contains(0) {
      throw .invalid("the \(what) \(shape) have an empty axis", at: name)
    }
    self.name = name
    self.source = source
    self.vocabulary = vocabulary
    self.namedTargets = namedTargets
    self.classNames = classNames
    self.featureNames = featureNames
    inputUnit = try vocabulary == nil ? unitOfFinite(inputs) : nil
    try requireOtherInputs()
    try requireOtherTargets()
    try requireFinite(targets, "targets")
    try requireSequences()
    if hasLabels {
      try requireLabels(
        below: vocabulary?.output ?? classNames?.count ?? Int(Int32.max),
        except: ignoredLabel ?? vocabulary.map { _ in Dataset.ignoredLabel })
    }
    if let weights { self.weights = try checked(weights) }
  }

  /// The main target.
  public private(set) var targets: HostTensor {
    get { namedTargets.values }
    set { namedTargets.values = newValue }
  }

  /// The same examples with another target as the main one; nil where there is none of that name.
  ///
  /// Names of classes and a normalisation of targets are those of the main target, which another
  /// one does not have.
  public func focused(onTarget name: String) -> Dataset? {
    guard name != namedTargets.names[0] else { return self }
    guard let target = namedTargets[name] else { return nil }
    var focused = self
    focused.namedTargets = Ports(named: [(name, target)])
    focused.targetScale = .identity
    focused.classNames = nil
    focused.targetNames = nil
    return focused
  }

  /// The number of examples, N.
  public var count: Int { targets.shape[0] }

  /// The encoding that all data for the same network must share.
  public var encoding: DataEncoding {
    DataEncoding(
      classNames: classNames, tokenizers: tokenizers, featureNames: featureNames,
      targetNames: targetNames, vocabulary: vocabulary,
      targetsAreNumeric: classNames == nil && tokenizers?.outputsAreTexts != true,
      inputUnit: inputUnit, columns: columns,
      textLength: tokenizers?.outputsAreTexts == false ? inputShape[0] : nil)
  }

  /// The inputs: [N, features], [N, channels, height, width], ….
  ///
  /// The inputs of a subset, as `selecting(_:)` and `split(fraction:seed:)` return it, are gathered
  /// at each call.
  ///
  /// - Precondition: They are in memory, or in a file that can be read; otherwise use `readInputs()`.
  public var inputs: HostTensor {
    Self.requiringReadable { () throws(NNError) in try readInputs() }
  }

  /// All inputs by name, with lengths and the decoder's tokens where there are any.
  ///
  /// - Precondition: As for `inputs`; otherwise use `readNamedInputs()`.
  public var namedInputs: Ports<HostTensor> {
    Self.requiringReadable { () throws(NNError) in try readNamedInputs() }
  }

  /// The valid steps of each example, int32 [N]; nil where all are.
  package var lengths: HostTensor? {
    source.lengths?.tensor.map { lengths in sourceRows.map(lengths.gathering) ?? lengths }
  }

  /// The inputs of the source.
  var sourceInputs: ExampleRows { source.values }
  /// The rows of the source that these examples are; nil for all.
  var selectedRows: [Int]? { sourceRows }

  /// The label that is ignored among tokens, PyTorch's default `ignore_index`.
  public static let ignoredLabel: Int32 = -100

  /// The shape of one example's input.
  public var inputShape: Shape { Shape(Array(sourceInputs.shape.dimensions.dropFirst())) }

  /// The shapes and element types of one example's input, in a run that computes in `dtype`.
  ///
  /// Numbers and images are converted to `dtype`, but integers other than the main input stay
  /// int32, such as categories for an embedding.
  public func exampleTypes(_ dtype: DType) -> Ports<(shape: Shape, dtype: DType)> {
    source.map { name, tensor in
      let isInteger =
        switch name {
        case source.names[0], PortName.decoderInput: vocabulary != nil
        default: tensor.dtype == .int32
        }
      return (Shape(Array(tensor.shape.dimensions.dropFirst())), isInteger ? .int32 : dtype)
    }
  }

  /// The shape of one target; `[]` for a label.
  public var targetShape: Shape { Shape(Array(targets.shape.dimensions.dropFirst())) }

  /// The shapes and element types of one example's targets, in a run that computes in `dtype`.
  public func targetTypes(_ dtype: DType) -> Ports<(shape: Shape, dtype: DType)> {
    namedTargets.map {
      (Shape(Array($1.shape.dimensions.dropFirst())), $1.dtype == .int32 ? .int32 : dtype)
    }
  }

  /// Whether targets are a label for each step, int32 [N, T], of tokens [N, T] or numbers
  /// [N, T, features].
  public var targetsAreSteps: Bool {
    guard hasLabels, targetShape.rank == 1 else { return false }
    return vocabulary != nil || inputShape.rank == 2 && inputShape[0] == targetShape[0]
  }

  /// Whether the targets are class labels.
  public var hasLabels: Bool { targets.dtype == .int32 }

  /// The number of classes: that of the names, else the largest label plus one; nil where targets
  /// are numbers.
  public var classCount: Int? {
    guard hasLabels else { return nil }
    if let vocabulary { return vocabulary.output }
    if let classNames { return classNames.count }
    return targets.withScalars(as: Int32.self) { Int($0.max() ?? -1) + 1 }
  }

  /// The factor by which inputs are multiplied when they are converted to floating point: 1/255 for
  /// uint8, else 1.
  public var inputScale: Double { sourceInputs.dtype == .uint8 ? 1.0 / 255 : 1 }

  /// Verifies that every label is in 0 ..< `classCount`.
  ///
  /// - Parameters:
  ///   - classCount: The number of classes, which is the number of the network's outputs.
  ///   - ignored: A label that the loss ignores (`ignore_index`).
  /// - Throws: `NNError` naming the first row, its label and the classes.
  public func requireLabels(below classCount: Int, except ignored: Int32? = nil) throws(NNError) {
    let found = targets.withScalars(as: Int32.self) { labels in
      labels.firstIndex { $0 != ignored && !(0..<classCount).contains(Int($0)) }
        .map { ($0, labels[$0]) }
    }
    guard let (index, label) = found else { return }
    let row = sourceRow(of: index / max(1, targetShape.elementCount))
    throw label < 0
      ? .invalid("row \(row) (from 0) has the negative label \(label)", at: name)
      : .invalid(
        "row \(row) (from 0) has label \(label), beyond the \(classCount) classes "
          + "0 to \(classCount - 1)",
        at: name)
  }

  /// The first target that is a number outside a range, with its flat index; nil when there is
  /// none, and where targets are labels.
  package func firstTarget(
    outside range: ClosedRange<Double>
  ) -> (index: Int, value: Double)? {
    func first<Scalar: BinaryFloatingPoint>(
      _ numbers: UnsafeBufferPointer<Scalar>
    ) -> (index: Int, value: Double)? {
      numbers.firstIndex { !range.contains(Double($0)) }.map { ($0, Double(numbers[$0])) }
    }
    return switch targets.dtype {
    case .float32: targets.withScalars(as: Float.self, first)
    case .float64: targets.withScalars(as: Double.self, first)
    case .int32, .int64, .uint8, .bool: nil
    }
  }

  /// The row of the source that an example comes from, counted from 0, as messages name it.
  package func sourceRow(of index: Int) -> Int { sourceRows?[index] ?? index }

  /// The subset with the examples at the given indices, in that order; their inputs are not copied.
  public func selecting(_ indices: [Int]) -> Dataset {
    var subset = self
    subset.namedTargets = namedTargets.map { $1.gathering(indices) }
    subset.weights = weights?.gathering(indices)
    subset.groups = groups.mapValues { groups in indices.map { groups[$0] } }
    subset.sourceRows = indices.map(sourceRow)
    subset.pairs = nil
    return subset
  }

  /// The same examples with other inputs of the same types, which are not checked again.
  func withInputs(_ inputs: Ports<HostTensor>) -> Dataset {
    var changed = self
    changed.source = inputs.map { .memory($1) }
    changed.sourceRows = nil
    return changed
  }

  /// The same sequences [N, T, …], padded with zeros to `steps` steps; labels of steps are padded
  /// with an ignored label. Sequences of that length or longer stay unchanged.
  ///
  /// - Precondition: Sequences that are padded are in memory.
  public func padded(
    toSteps steps: Int, label: Int32 = Dataset.ignoredLabel
  ) -> Dataset {
    guard inputShape.rank >= 1, inputShape[0] < steps else { return self }
    guard let inputs = source.values.tensor else {
      preconditionFailure("sequences in a file are not padded")
    }
    let (count, old) = (inputs.shape[0], inputs.shape[1])
    var padding = HostTensor(
      zeros: inputs.shape.replacing(axis: 1, with: steps), dtype: inputs.dtype)
    padding.copyBeginnings(of: inputs)
    var longer = source
    longer.values = .memory(padding)
    longer.lengths =
      source.lengths ?? .memory(HostTensor([Int32](repeating: Int32(clamping: old), count: count)))
    var padded = self
    padded.source = longer
    if targetsAreSteps {
      var labels = [Int32](repeating: label, count: self.count * steps)
      let own = targets.scalars(as: Int32.self)
      for row in 0..<self.count {
        labels.replaceSubrange(
          row * steps..<row * steps + old, with: own[row * old..<(row + 1) * old])
      }
      padded.targets = HostTensor(labels, shape: [self.count, steps])
    }
    return padded
  }

  /// The same examples with labels as numbers, float64 [N, 1], for squared error and binary cross
  /// entropy; numbers stay unchanged.
  ///
  /// - Parameter name: The name of the target; the main one by default.
  public func withNumericTargets(_ name: String? = nil) -> Dataset {
    let name = name ?? namedTargets.names[0]
    guard let labels = namedTargets[name], labels.dtype == .int32 else { return self }
    let column = Shape(labels.shape.dimensions + (labels.shape.rank == 1 ? [1] : []))
    var numbered = self
    numbered.namedTargets[name] = labels.converted(to: .float64).reshaped(to: column)
    return numbered
  }

  /// The same examples with another normalisation of the targets in batches; `targets` stay
  /// unchanged.
  ///
  /// - Parameter scale: One offset and divisor for each target column, fitted to training data.
  /// - Throws: `NNError` when the targets have another number of columns.
  public func scalingTargets(by scale: Normalization) throws(NNError) -> Dataset {
    try scale.requireChannels(of: targetShape, at: "\(name): targets")
    var scaled = self
    scaled.targetScale = scale
    return scaled
  }
}
