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

/// The weights file of a run: tensors under PyTorch's names, and in its metadata all that is needed
/// to use them on raw rows.
struct ModelFile {
  /// What stands in the metadata beside the config.
  struct Facts: Codable {
    /// The shape of one row of inputs.
    let inputShape: [Int]
    /// Whether rows have lengths.
    let hasLengths: Bool?
    /// The shape of one row of a decoder's inputs; nil without a decoder.
    let decoderShape: [Int]?
    /// How many tokens there are where rows are tokens.
    let vocabulary: VocabularySizes?
    /// The scale fitted to the training data.
    let offsets: [Double]
    let divisors: [Double]
    /// The classes' names, where known.
    let classNames: [String]?
    /// The names of input and target columns, where known.
    let featureNames: [String]?
    let targetNames: [String]?
    /// The scale fitted to the targets of the training data; nil where they have none.
    let targetOffsets: [Double]?
    let targetDivisors: [Double]?
    /// What the inputs were measured in, where known.
    let inputUnit: InputUnit?

    /// What is to be saved of the training data.
    init(_ data: Dataset, normalization: Normalization) {
      let types = data.rowTypes(.float32)
      inputShape = types.rows.shape.dimensions
      hasLengths = types.lengths != nil
      decoderShape = types.decoderRows?.shape.dimensions
      vocabulary = data.vocabulary
      offsets = normalization.offsets
      divisors = normalization.divisors
      let encoding = data.encoding
      classNames = encoding.classNames
      featureNames = encoding.featureNames
      targetNames = encoding.targetNames
      inputUnit = encoding.inputUnit
      let scale = data.targetScale
      targetOffsets = scale == .identity ? nil : scale.offsets
      targetDivisors = scale == .identity ? nil : scale.divisors
    }

    /// What the network reads, in a run that computes on `dtype`.
    func signature(_ dtype: DType) -> InputSignature {
      InputSignature(
        NetworkInput(
          TensorType(Shape(inputShape), vocabulary == nil ? dtype : .int32),
          lengths: hasLengths == true ? TensorType([], .int32) : nil,
          decoderRows: decoderShape.map { TensorType(Shape($0), .int32) }),
        vocabulary: vocabulary, dtype: dtype)
    }

    /// Throws unless the facts can be those of a run, whoever wrote the file.
    ///
    /// - Parameter tokenizers: What stands in the file beside them.
    func check(_ tokenizers: TokenizerPair?) throws(NNError) {
      func require(_ holds: Bool, _ message: @autoclosure () -> String) throws(NNError) {
        guard holds else { throw .invalid("damaged: \(message())") }
      }
      for (shape, name) in [(inputShape, "inputShape"), (decoderShape ?? [1], "decoderShape")] {
        try require(
          shape.count <= Self.largestRank && shape.allSatisfy { (1...Int(Int32.max)).contains($0) },
          "\(name) is \("\(shape)".shortened())")
        let byteCount = Shape(shape).byteCount(of: .float64)
        try require(
          !MemoryLimit.isExceeded(by: byteCount),
          "a row of \(name) \(shape) \(MemoryLimit.excess(byteCount))")
      }
      try require(decoderShape == nil || decoderShape?.count == 1, "decoderShape has several axes")
      if let vocabulary {
        for count in [vocabulary.input, vocabulary.output] {
          try require((1...Int(Int32.max)).contains(count), "a vocabulary of \(count) tokens")
        }
        if let tokenizers {
          let sizes = VocabularySizes(
            input: tokenizers.input.vocabularySize, output: tokenizers.output.vocabularySize)
          try require(
            vocabulary == sizes,
            "vocabularies of \(vocabulary.input) and \(vocabulary.output) tokens, and tokenizers of "
              + "\(sizes.input) and \(sizes.output)")
        }
      } else {
        try require(tokenizers == nil, "tokenizers without a vocabulary")
        try require(decoderShape == nil, "a decoder without a vocabulary")
      }
      try require(
        offsets.count == divisors.count,
        "\(offsets.count) offsets and \(divisors.count) divisors of the scale")
      try require(classNames?.isEmpty != true, "a list of classes without any")
    }

    private static let largestRank = 8

    /// The scale of inputs as it was fitted.
    func normalization() throws(NNError) -> Normalization {
      try Self.scale(offsets, divisors)
    }

    /// The scale of targets as it was fitted.
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

  let config: Config
  let facts: Facts
  /// What made tokens of texts; nil where rows are no texts.
  let tokenizers: TokenizerPair?
  let tensors: [(name: String, tensor: HostTensor)]

  /// What the run's training data settled.
  var encoding: DataEncoding {
    DataEncoding(
      classNames: facts.classNames, tokenizers: tokenizers, featureNames: facts.featureNames,
      targetNames: facts.targetNames, vocabulary: facts.vocabulary,
      targetsAreNumeric: facts.classNames == nil && tokenizers == nil, inputUnit: facts.inputUnit)
  }

  /// Writes the file, under a temporary name first.
  func write(to path: String) throws(NNError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(facts) else {
      preconditionFailure("finite numbers can always be encoded")
    }
    var metadata = [
      "format": "pt", "config": config.resolvedYAML, "facts": String(decoding: data, as: UTF8.self),
    ]
    if let tokenizers {
      metadata["tokenizer"] = try TokenizerFile.encoded(tokenizers.input)
      metadata["target_tokenizer"] = try TokenizerFile.encoded(tokenizers.output)
    }
    try SafeTensorsFile(tensors: tensors, metadata: metadata).write(to: path)
  }

  init(
    config: Config, facts: Facts, tokenizers: TokenizerPair?,
    tensors: [(name: String, tensor: HostTensor)]
  ) {
    self.config = config
    self.facts = facts
    self.tokenizers = tokenizers
    self.tensors = tensors
  }

  /// Reads the file.
  ///
  /// - Throws: `NNError` when it is missing, damaged or was not written by a run.
  init(contentsOf path: String) throws(NNError) {
    let file = try SafeTensorsFile(contentsOf: path)
    guard let yaml = file.metadata["config"], let text = file.metadata["facts"] else {
      throw .invalid(
        "holds weights, but not the config and scale that a run saves with them", at: path,
        hint: "use the model.safetensors of a run folder")
    }
    guard let facts = try? JSONDecoder().decode(Facts.self, from: Data(text.utf8)) else {
      throw .invalid("holds metadata of an unknown form", at: path)
    }
    config = try Config(recorded: yaml, source: path)
    self.facts = facts
    tensors = file.tensors
    func tokenizer(_ name: String) throws(NNError) -> (any Tokenizer)? {
      guard let text = file.metadata[name] else { return nil }
      return try TokenizerFile.tokenizer(Array(text.utf8), at: "\(path): \(name)")
    }
    tokenizers = try tokenizer("tokenizer").map { input throws(NNError) in
      TokenizerPair(input: input, output: try tokenizer("target_tokenizer"))
    }
    do throws(NNError) { try facts.check(tokenizers) } catch { throw error.at(path) }
  }
}
