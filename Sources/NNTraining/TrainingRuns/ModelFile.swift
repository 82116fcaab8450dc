import NNCore
import NNData
import NNFormats
import NNGraph
import NNLayers
import NNText

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The weights file of a run: tensors with PyTorch's names, and in its metadata everything needed
/// to run them on raw inputs.
struct ModelFile {
  /// The metadata except the config.
  struct Facts: Codable {
    /// The shape of one example's input.
    let inputShape: [Int]
    /// The name of the main input; nil for `input`.
    let inputName: String?
    /// The inputs other than the main one; nil for none.
    let otherInputs: [OtherInput]?
    /// Whether inputs have lengths.
    let hasLengths: Bool?
    /// The shape of one example's decoder input; nil without a decoder.
    let decoderShape: [Int]?
    /// The vocabulary sizes if inputs are tokens.
    let vocabulary: VocabularySizes?
    /// The normalisation fitted to the training data.
    let offsets: [Double]
    let divisors: [Double]
    /// The class names, if known.
    let classNames: [String]?
    /// The names of input and target columns, if known.
    let featureNames: [String]?
    let targetNames: [String]?
    /// The normalisation fitted to the targets of the training data; nil for none.
    let targetOffsets: [Double]?
    let targetDivisors: [Double]?
    /// How the columns of a table become inputs; nil where they are numbers as they are.
    let columns: [ColumnEncoding]?
    /// The unit of the inputs, if known.
    let inputUnit: InputUnit?
    /// The loss that reads each output, by the output's name; nil where the config says it.
    let outputs: [String: OutputMeaning.Reader]?
    /// The type of parameters and computations; nil where the config says it.
    let dtype: String?

    /// An input other than the main one.
    struct OtherInput: Codable {
      let name: String
      /// The shape of one example.
      let shape: [Int]
      /// Whether its numbers stay integers.
      let isInteger: Bool
      /// The number of different integers if it holds categories; nil if it does not.
      let categoryCount: Int?
    }

    /// Collects the facts of a run with a config from its training data.
    init(_ data: Dataset, normalization: Normalization) {
      self.init(
        data.signature(.float32), normalization: normalization, targetScale: data.targetScale,
        encoding: data.encoding)
    }

    /// Collects the facts of a trained network.
    init(
      _ signature: InputSignature, normalization: Normalization, targetScale: Normalization,
      encoding: DataEncoding, outputs: [String: OutputMeaning.Reader]? = nil, dtype: DType? = nil
    ) {
      let types = signature.example
      inputShape = types.values.shape.dimensions
      let main = types.names[0]
      inputName = main == PortName.input ? nil : main
      let others = types.names.dropFirst().filter {
        $0 != PortName.lengths && $0 != PortName.decoderInput
      }
      otherInputs =
        others.isEmpty
        ? nil
        : others.compactMap { name in
          types[name].map {
            OtherInput(
              name: name, shape: $0.shape.dimensions, isInteger: $0.dtype == .int32,
              categoryCount: signature.categoryCounts[name])
          }
        }
      hasLengths = types.lengths != nil
      decoderShape = types.decoderValues?.shape.dimensions
      vocabulary = signature.vocabulary
      offsets = normalization.offsets
      divisors = normalization.divisors
      classNames = encoding.classNames
      featureNames = encoding.featureNames
      targetNames = encoding.targetNames
      columns = encoding.columns
      inputUnit = encoding.inputUnit
      targetOffsets = targetScale == .identity ? nil : targetScale.offsets
      targetDivisors = targetScale == .identity ? nil : targetScale.divisors
      self.outputs = outputs
      self.dtype = dtype?.rawValue
    }

    /// The types of the network's inputs in a run that computes in `dtype`.
    func signature(_ dtype: DType) -> InputSignature {
      let main = TensorType(Shape(inputShape), vocabulary == nil ? dtype : .int32)
      let mainName = inputName ?? PortName.input
      var row = Ports(named: [(mainName, main)])
      var categoryCounts: [String: Int] = [:]
      // Tokens of texts are sequences.
      if inputShape.isEmpty { categoryCounts[mainName] = vocabulary?.input }
      row.lengths = hasLengths == true ? TensorType([], .int32) : nil
      row.decoderValues = decoderShape.map { TensorType(Shape($0), .int32) }
      for input in otherInputs ?? [] {
        row[input.name] = TensorType(Shape(input.shape), input.isInteger ? .int32 : dtype)
        categoryCounts[input.name] = input.categoryCount
      }
      return InputSignature(
        row, vocabulary: vocabulary, categoryCounts: categoryCounts, dtype: dtype)
    }

    /// Throws unless the facts are possible, whoever wrote the file.
    ///
    /// - Parameter tokenizers: The tokenizers in the same file.
    func check(_ tokenizers: TokenizerPair?) throws(NNError) {
      func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(NNError) {
        guard holds else { throw .invalid("damaged: \(message())") }
      }
      let others = otherInputs ?? []
      try require(
        others.count < 1000
          && Set(others.map(\.name) + [inputName ?? PortName.input]).count == others.count + 1
          && !others.contains { $0.name == PortName.lengths || $0.name == PortName.decoderInput },
        "the names of its inputs")
      let shapes =
        [(inputShape, "inputShape"), (decoderShape ?? [1], "decoderShape")]
        + others.map { ($0.shape, "otherInputs") }
      for (shape, name) in shapes {
        try require(
          shape.count <= Self.largestRank && shape.allSatisfy { (1...Int(Int32.max)).contains($0) },
          "\(name) is \("\(shape)".shortened())")
        let byteCount = Shape(shape).byteCount(of: .float64)
        try require(
          !MemoryLimit.isExceeded(by: byteCount),
          "a row of \(name) \(shape) \(MemoryLimit.excess(byteCount))")
      }
      try require(decoderShape == nil || decoderShape?.count == 1, "decoderShape has several axes")
      try require(hasLengths != true || !inputShape.isEmpty, "lengths of inputs without steps")
      try require(
        others.allSatisfy { input in
          input.categoryCount.map { input.isInteger && (1...Int(Int32.max)).contains($0) } ?? true
        }, "the categories of its inputs")
      if let vocabulary {
        for count in [vocabulary.input, vocabulary.output] {
          try require((1...Int(Int32.max)).contains(count), "a vocabulary of \(count) tokens")
        }
        if let tokenizers {
          let sizes = VocabularySizes(
            input: tokenizers.input.vocabularySize,
            output: tokenizers.outputsAreTexts
              ? tokenizers.output.vocabularySize : vocabulary.output)
          try require(
            tokenizers.outputsAreTexts || inputShape.count == 1, "the shape of its texts")
          try require(
            vocabulary == sizes,
            "vocabularies of \(vocabulary.input) and \(vocabulary.output) tokens, and tokenizers "
              + "of \(sizes.input) and \(sizes.output)")
        }
      } else {
        try require(tokenizers == nil, "tokenizers without a vocabulary")
        try require(decoderShape == nil, "a decoder without a vocabulary")
      }
      try require(
        offsets.count == divisors.count,
        "\(offsets.count) offsets and \(divisors.count) divisors of the scale")
      try require(classNames?.isEmpty != true, "a list of classes without any")
      if let columns {
        try require(
          columns.allSatisfy(\.isValid) && columns.haveInputNames
            && inputsAre(columns, nextToTexts: tokenizers != nil),
          "the columns of its table")
      }
    }

    /// Whether the inputs are those that the columns of a table become.
    private func inputsAre(_ columns: [ColumnEncoding], nextToTexts: Bool) -> Bool {
      let others = otherInputs ?? []
      let width = columns.reduce(0) { $0 &+ $1.inputCount }
      var embedded = columns.filter(\.isEmbedded)[...]
      if nextToTexts {
        let numbers = others.first { $0.name == PortName.columns }?.shape
        guard numbers == (width == 0 ? nil : [width]) else { return false }
      } else if width > 0 {
        guard inputShape == [width] else { return false }
      } else {
        // The first of them is the main input.
        guard let first = embedded.popFirst(), inputName == first.name, inputShape.isEmpty,
          vocabulary?.input == first.categoryCount
        else { return false }
      }
      return embedded.allSatisfy { column in
        others.contains {
          $0.name == column.name && $0.shape.isEmpty && $0.categoryCount == column.categoryCount
        }
      }
    }

    private static let largestRank = 8

    /// The normalisation of inputs as fitted.
    func normalization() throws(NNError) -> Normalization {
      try Self.scale(offsets, divisors)
    }

    /// The normalisation of targets as fitted.
    func targetScale() throws(NNError) -> Normalization {
      try Self.scale(targetOffsets ?? [], targetDivisors ?? [])
    }

    private static func scale(
      _ offsets: [Double], _ divisors: [Double]
    ) throws(NNError) -> Normalization {
      guard !offsets.isEmpty else { return .identity }
      return try Normalization(tensors: [
        ("normalization.offset", HostTensor(offsets)),
        ("normalization.divisor", HostTensor(divisors)),
      ])
    }
  }

  /// The config of the run; nil for a network that a program has built.
  let config: Config?
  let facts: Facts
  /// The tokenizers of the texts; nil if inputs are not texts.
  let tokenizers: TokenizerPair?
  let tensors: [(name: String, tensor: HostTensor)]

  /// The encodings determined by the run's training data.
  var encoding: DataEncoding {
    DataEncoding(
      classNames: facts.classNames, tokenizers: tokenizers, featureNames: facts.featureNames,
      targetNames: facts.targetNames, vocabulary: facts.vocabulary,
      targetsAreNumeric: facts.classNames == nil && tokenizers?.outputsAreTexts != true,
      inputUnit: facts.inputUnit, columns: facts.columns,
      textLength: tokenizers?.outputsAreTexts == false ? facts.inputShape.first : nil)
  }

  /// The type of parameters and computations.
  ///
  /// - Throws: `NNError` if the file does not say it.
  func dtype() throws(NNError) -> DType {
    if let config { return config.dtype }
    guard let dtype = facts.dtype.flatMap(DType.init(rawValue:)), dtype.isFloatingPoint else {
      throw .invalid("damaged: dtype \(facts.dtype?.shortened() ?? "is missing")")
    }
    return dtype
  }

  /// Writes the file atomically, under a temporary name first.
  func write(to path: String) throws(NNError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(facts) else {
      preconditionFailure("finite numbers are always encodable")
    }
    var metadata = ["format": "pt", "facts": String(decoding: data, as: UTF8.self)]
    metadata["config"] = config?.resolvedYAML
    if let tokenizers {
      metadata["tokenizer"] = try TokenizerFile.encoded(tokenizers.input)
      if tokenizers.outputsAreTexts {
        metadata["target_tokenizer"] = try TokenizerFile.encoded(tokenizers.output)
      }
    }
    try SafeTensorsFile(tensors: tensors, metadata: metadata).write(to: path)
  }

  init(
    config: Config?, facts: Facts, tokenizers: TokenizerPair?,
    tensors: [(name: String, tensor: HostTensor)]
  ) {
    self.config = config
    self.facts = facts
    self.tokenizers = tokenizers
    self.tensors = tensors
  }

  /// Reads the file.
  ///
  /// - Throws: `NNError` if it is missing, damaged or was not written by a run.
  init(contentsOf path: String) throws(NNError) {
    let file = try SafeTensorsFile(contentsOf: path)
    guard let text = file.metadata["facts"] else {
      throw .invalid(
        "holds weights, but not the config and scale that a run saves with them", at: path,
        hint: "use the model.safetensors of a run folder")
    }
    guard let facts = try? JSONDecoder().decode(Facts.self, from: Data(text.utf8)) else {
      throw .invalid("holds metadata in an unknown format", at: path)
    }
    config = try file.metadata["config"].map { yaml throws(NNError) in
      try Config(recorded: yaml, source: path)
    }
    self.facts = facts
    tensors = file.tensors
    func tokenizer(_ name: String) throws(NNError) -> (any Tokenizer)? {
      guard let text = file.metadata[name] else { return nil }
      return try TokenizerFile.tokenizer(Array(text.utf8), at: "\(path): \(name)")
    }
    tokenizers = try tokenizer("tokenizer").map { input throws(NNError) in
      try tokenizer("target_tokenizer").map { TokenizerPair(input: input, output: $0) }
        ?? TokenizerPair(inputAlone: input)
    }
    do throws(NNError) { try facts.check(tokenizers) } catch { throw error.at(path) }
  }
}
