import ArgumentParser
import NNCore
import NNTraining

/// A command line, with checks and error messages beyond those of the parser.
struct Usage {
  /// The words after the program's name.
  private(set) var arguments: [String]
  /// The original position of each word, from 1.
  private var places: [Int]

  init(_ arguments: [String]) {
    self.arguments = arguments
    places = Array(1..<arguments.count + 1)
  }

  // MARK: - Before parsing

  /// Moves global options from before the command's name to after it, where the parser expects
  /// them.
  ///
  /// - Throws: `NNError` when one of them lacks its value, or no command follows.
  mutating func moveGlobalOptions() throws(NNError) {
    var count = 0
    while count < arguments.count {
      let word = arguments[count]
      let name = Self.name(of: word)
      if GlobalOptions.flags.contains(word) {
        count += 1
      } else if GlobalOptions.valued.contains(name), word != name {
        count += 1
      } else if GlobalOptions.valued.contains(name) {
        let value = count + 1 < arguments.count ? arguments[count + 1] : nil
        guard let value, Self.command(in: [value]).words == 0, !value.hasPrefix("--") else {
          throw .invalid(
            "\(name) lacks its value", at: "nntrain: argument \(count + 1)",
            hint: "nntrain --help shows what it takes")
        }
        count += 2
      } else {
        break
      }
    }
    guard count > 0 else { return }
    guard count < arguments.count else {
      throw .invalid(
        "no command after \(arguments.joined(separator: " "))", at: "nntrain",
        hint: "nntrain --help lists the commands")
    }
    let moved = (arguments[..<count], places[..<count])
    arguments.removeFirst(count)
    places.removeFirst(count)
    // Help and version do not depend on them, and an unknown command has an error of its own.
    let words = Self.command(in: arguments).words
    guard words > 0 else { return }
    arguments.insert(contentsOf: moved.0, at: words)
    places.insert(contentsOf: moved.1, at: words)
  }

  /// Rejects options that are given twice, of which the parser would use the last.
  ///
  /// - Throws: `NNError` naming the option and its positions.
  func refuseRepetitions() throws(NNError) {
    let (command, words) = Self.command(in: arguments)
    let options = arguments.dropFirst(words).filter { $0.hasPrefix("--") }.map(Self.name(of:))
    // The parser's description of a command costs more than all other checks together.
    guard Set(options).count < options.count else { return }
    var seen: [String: Int] = [:]
    for option in Self.options(in: arguments, after: words, of: CommandFacts(command)) {
      guard let argument = option.argument, !argument.isRepeating else { continue }
      let name = argument.names[0]
      if let first = seen[name] {
        throw .invalid(
          "\(name) is given twice, as arguments \(places[first]) and \(places[option.index])",
          at: Self.title(arguments.prefix(words)), hint: "give it once")
      }
      seen[name] = option.index
    }
  }

  // MARK: - After parsing

  /// The parser's error, or a better one, with the nearest command or option and its position.
  func explanation(of message: String) -> NNError {
    let (command, words) = Self.command(in: arguments)
    let title = Self.title(arguments.prefix(words))
    if let word = arguments.dropFirst(words).first, !word.hasPrefix("-"), word != "help" {
      let known = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        .compactMap { $0.configuration.commandName }
      if !known.isEmpty { return Self.unknown(word, among: known, title) }
    }
    let facts = CommandFacts(command)
    let options = Self.options(in: arguments, after: words, of: facts)
    if let unknown = options.first(where: { $0.argument == nil }) {
      return .invalid(
        "unknown option \(unknown.name)", at: "\(title): argument \(places[unknown.index])",
        hint: Self.hint(for: unknown.name, of: facts, title))
    }
    // The parser lists the values of an option on separate lines.
    let lines = message.split(separator: "\n").map { line in
      String(line.trimmingPrefix { $0 == " " }.trimmingPrefix("- "))
    }
    let values = lines.dropFirst().joined(separator: ", ")
    return .invalid(
      lines.prefix(1).joined() + (values.isEmpty ? "" : " \(values)"), at: title,
      hint: "\(title) --help shows what it takes")
  }

  private static func unknown(_ word: String, among known: [String], _ title: String) -> NNError {
    let list = "\(title) --help lists the commands"
    let nearest = Suggestion.nearest(to: word, in: known)
    return .invalid(
      "there is no command \"\(word.prefix(100))\"", at: title,
      hint: nearest.map { "did you mean \($0)? \(list)" }
        ?? "\(list): \(known.joined(separator: ", "))")
  }

  private static func hint(for name: String, of facts: CommandFacts, _ title: String) -> String {
    let list = "\(title) --help lists the options"
    let owners = NNTrain.configuration.subcommands.filter { CommandFacts($0)[name] != nil }
      .compactMap { $0.configuration.commandName }
    if !owners.isEmpty, !owners.contains(facts.name) {
      return "\(name) is an option of nntrain \(owners.joined(separator: ", ")); \(list)"
    }
    let nearest = Suggestion.nearest(to: name, in: facts.optionNames)
    return nearest.map { "did you mean \($0)? \(list)" } ?? list
  }

  // MARK: - Reading

  /// The command that the first words name, or its default subcommand, and the number of these
  /// words.
  private static func command(
    in arguments: [String]
  ) -> (command: any ParsableCommand.Type, words: Int) {
    var command: any ParsableCommand.Type = NNTrain.self
    var words = 0
    while words < arguments.count {
      let next = command.configuration.subcommands.first {
        $0.configuration.commandName == arguments[words]
      }
      guard let next else { break }
      command = next
      words += 1
    }
    return (command.configuration.defaultSubcommand ?? command, words)
  }

  /// The options in the words after the command's name; `argument` is nil for those that the
  /// command does not have.
  private static func options(
    in arguments: [String], after words: Int, of facts: CommandFacts
  ) -> [(name: String, index: Int, argument: CommandFacts.Argument?)] {
    var found: [(name: String, index: Int, argument: CommandFacts.Argument?)] = []
    var index = words
    while index < arguments.count, arguments[index] != "--" {
      let word = arguments[index]
      let name = name(of: word)
      if word.hasPrefix("-"), Double(word) == nil, word != "-" {
        let argument = facts[name]
        found.append((name, index, argument))
        if argument?.kind == .option, word == name { index += 1 }
      }
      index += 1
    }
    return found
  }

  /// An option's name without the value after the equals sign.
  private static func name(of word: String) -> String { String(word.prefix { $0 != "=" }) }

  private static func title(_ words: ArraySlice<String>) -> String {
    (["nntrain"] + words).joined(separator: " ")
  }
}
