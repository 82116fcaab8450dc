public import NNCore
import NNFormats

/// Reads and writes tokenizers as JSON documents with all that encoding and decoding need.
///
/// ```json
/// {
///   "format": "tokenizer", "version": 1, "type": "byte_pair",
///   "special_tokens": {"padding": 0, "beginning": 1, "end": 2, "unknown": 3},
///   "merges": [[120, 108], [36, 260]]
/// }
/// ```
///
/// Type `character` has `allows_unknown` and `characters`, a list of texts of one character each;
/// `word` has `words`, a list of texts; `byte_pair` has `merges`, a list of pairs of tokens. Tokens
/// are numbered in the order of the lists. `"lowercase": true` and `"leading_space": true` prepare
/// texts (`TextPreparation`); without them texts are encoded as they are.
public enum TokenizerFile {
  /// The usual name of the file in a run folder.
  public static let name = "tokenizer.json"

  private static let version = 1

  /// Writes a tokenizer of this module, whole or not at all.
  ///
  /// - Throws: `NNError` when the tokenizer is not of a type of this module, or the file cannot be
  ///   written.
  public static func write(_ tokenizer: any Tokenizer, to path: String) throws(NNError) {
    try AtomicFile.write(path: path, text: try encoded(tokenizer))
  }

  /// The text of the file that `write` writes; equal tokenizers have equal texts.
  ///
  /// - Throws: `NNError` when the tokenizer is not of a type of this module.
  public static func encoded(_ tokenizer: any Tokenizer) throws(NNError) -> String {
    let type: String
    let members: [(String, String)]
    let prepared = tokenizer as? PreparedTokenizer
    switch prepared?.base ?? tokenizer {
    case let tokenizer as CharacterTokenizer:
      type = "character"
      members = [
        ("allows_unknown", "\(tokenizer.allowsUnknown)"),
        ("characters", list(tokenizer.characters.map { JSONValue.quoted(String($0)) })),
      ]
    case let tokenizer as WordTokenizer:
      type = "word"
      members = [("words", list(tokenizer.words.map(JSONValue.quoted)))]
    case let tokenizer as BytePairTokenizer:
      type = "byte_pair"
      members = [("merges", list(tokenizer.merges.map { "[\($0.left), \($0.right)]" }))]
    default:
      throw .invalid("a tokenizer of type \(Swift.type(of: tokenizer)) cannot be saved")
    }
    let special = SpecialToken.allCases.map { "\"\($0.name)\": \($0.id)" }
    let common =
      [
        ("format", "\"tokenizer\""), ("version", "\(version)"), ("type", "\"\(type)\""),
        ("special_tokens", "{\(special.joined(separator: ", "))}"),
      ] + (prepared?.preparation.lowercase == true ? [("lowercase", "true")] : [])
      + (prepared?.preparation.leadingSpace == true ? [("leading_space", "true")] : [])
    let lines = (common + members).map { "  \"\($0.0)\": \($0.1)" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private static func list(_ elements: [String]) -> String {
    elements.isEmpty ? "[]" : "[\n    " + elements.joined(separator: ",\n    ") + "\n  ]"
  }

  /// Reads a tokenizer.
  ///
  /// - Throws: `NNError` naming the path and the position of the error: the first byte that is not
  ///   valid JSON, a member that is missing, unknown or of a wrong type, an invalid list element.
  public static func read(_ path: String) throws(NNError) -> any Tokenizer {
    try tokenizer(FileBytes.read(path), at: path)
  }

  /// The tokenizer that a file's bytes describe; `place` names them in errors.
  ///
  /// - Throws: `NNError` as for `read`.
  public static func tokenizer(
    _ bytes: [UInt8], at place: String
  ) throws(NNError) -> any Tokenizer {
    let reader = try TokenizerReader(bytes, version: version, at: place)
    do throws(NNError) {
      return try reader.tokenizer()
    } catch {
      throw error.at(place)
    }
  }
}

/// Checks a tokenizer's document and creates the tokenizer.
private struct TokenizerReader {
  private static let common = [
    "format", "version", "type", "special_tokens", "lowercase", "leading_space",
  ]

  private let document: JSONValue
  private let version: Int

  init(_ bytes: [UInt8], version: Int, at place: String) throws(NNError) {
    document = try JSONValue(parsing: bytes[...], at: place)
    self.version = version
  }

  func tokenizer() throws(NNError) -> any Tokenizer {
    let base = try plainTokenizer()
    let preparation = TextPreparation(
      lowercase: try flag("lowercase"), leadingSpace: try flag("leading_space"))
    return preparation.isIdentity ? base : PreparedTokenizer(base, preparation)
  }

  /// A member that is false where it is missing.
  private func flag(_ name: String) throws(NNError) -> Bool {
    try document[name] == nil ? false : boolean(name)
  }

  private func plainTokenizer() throws(NNError) -> any Tokenizer {
    guard document["format"] == .string("tokenizer") else {
      throw .invalid("not a tokenizer: expected an object with \"format\": \"tokenizer\"")
    }
    guard document["version"] == .number("\(version)") else {
      throw .invalid("expected \"version\": \(version), found \(found("version"))")
    }
    guard case .string(let type)? = document["type"] else {
      throw .invalid("expected a text under \"type\", found \(found("type"))")
    }
    switch type {
    case "character":
      try checkMembers(["allows_unknown", "characters"])
      return try CharacterTokenizer(
        characters: try characters(), allowsUnknown: try boolean("allows_unknown"))
    case "word":
      try checkMembers(["words"])
      return try WordTokenizer(words: try texts("words").map { Array($0.utf8) })
    case "byte_pair":
      try checkMembers(["merges"])
      return try BytePairTokenizer(pairs: try pairs())
    default:
      throw .invalid(
        "unknown type \(JSONValue.quoted(type)); expected character, word or byte_pair")
    }
  }

  private func checkMembers(_ names: [String]) throws(NNError) {
    guard case .object(let members) = document else { return }
    for member in members where !(Self.common + names).contains(member.name) {
      throw .invalid("unknown member \(JSONValue.quoted(member.name))")
    }
    let special = document["special_tokens"]
    guard case .object(let tokens)? = special, tokens.count == SpecialToken.allCases.count,
      SpecialToken.allCases.allSatisfy({ special?[$0.name] == .number("\($0.id)") })
    else {
      let tokens = SpecialToken.allCases.map { "\($0.name) \($0.id)" }.joined(separator: ", ")
      throw .invalid("expected \"special_tokens\" to be \(tokens)")
    }
  }

  private func characters() throws(NNError) -> [Unicode.Scalar] {
    var characters: [Unicode.Scalar] = []
    for (index, text) in try texts("characters").enumerated() {
      guard let character = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
        throw .invalid(
          "expected one character, found \(JSONValue.quoted(text))", at: "characters[\(index)]")
      }
      characters.append(character)
    }
    return characters
  }

  private func pairs() throws(NNError) -> [TokenPair] {
    var pairs: [TokenPair] = []
    for (index, element) in try list("merges").enumerated() {
      guard case .array(let sides) = element, sides.count == 2,
        let left = sides[0].nonNegativeInteger.flatMap(TokenID.init(exactly:)),
        let right = sides[1].nonNegativeInteger.flatMap(TokenID.init(exactly:))
      else { throw .invalid("expected a list of two tokens", at: "merges[\(index)]") }
      pairs.append(TokenPair(left: left, right: right))
    }
    return pairs
  }

  private func texts(_ name: String) throws(NNError) -> [String] {
    var texts: [String] = []
    for (index, element) in try list(name).enumerated() {
      guard case .string(let text) = element else {
        throw .invalid("expected a text", at: "\(name)[\(index)]")
      }
      texts.append(text)
    }
    return texts
  }

  private func list(_ name: String) throws(NNError) -> [JSONValue] {
    guard case .array(let elements)? = document[name] else {
      throw .invalid("expected a list under \"\(name)\", found \(found(name))")
    }
    return elements
  }

  private func boolean(_ name: String) throws(NNError) -> Bool {
    guard case .boolean(let value)? = document[name] else {
      throw .invalid("expected true or false under \"\(name)\", found \(found(name))")
    }
    return value
  }

  private func found(_ name: String) -> String {
    switch document[name] {
    case .object?: "an object"
    case .array?: "a list"
    case .string(let text)?: JSONValue.quoted(text)
    case .number(let digits)?: digits
    case .boolean(let value)?: "\(value)"
    case .null?: "null"
    case nil: "nothing"
    }
  }
}
