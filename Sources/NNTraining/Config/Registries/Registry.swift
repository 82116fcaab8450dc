package import NNCore

/// A table of the components of one kind: the names for a config, the options of each, and how it
/// is built.
///
/// A new component is one new row.
package struct Registry<Product>: Sendable {
  /// A component: its name, its options and how it is built from them.
  struct Row: Sendable {
    /// The name in config files.
    let name: String
    /// Other names that are accepted.
    let aliases: [String]
    /// One line about the component: its formula or what it does, for the documentation.
    let meaning: String
    /// Reads the options and returns a closure that builds the component.
    ///
    /// The closure must only be called if the reader reported no problem.
    let read: @Sendable (OptionReader) -> () -> Product

    init(
      _ name: String, aliases: [String] = [], _ meaning: String,
      read: @escaping @Sendable (OptionReader) -> () -> Product
    ) {
      self.name = name
      self.aliases = aliases
      self.meaning = meaning
      self.read = read
    }
  }

  /// The allowed positions of options.
  enum Style: Sendable {
    /// Under the component's name only: `adam: {lr: 0.1}`.
    case nested
    /// Also next to it: `{npz: data.npz, x: images}`.
    case nextToName
  }

  /// The kind of component, for messages: `layer`.
  let noun: String
  /// An example entry, for messages.
  let example: String
  let style: Style
  let rows: [Row]
  /// Reads the options that every component has.
  let common: @Sendable (OptionReader) -> Void

  init(
    _ noun: String, example: String, style: Style = .nested, _ rows: [Row],
    common: @escaping @Sendable (OptionReader) -> Void = { _ in }
  ) {
    self.noun = noun
    self.example = example
    self.style = style
    self.rows = rows
    self.common = common
  }

  /// The names that a config may use, in the order of the table.
  package var names: [String] { rows.map(\.name) }

  /// The plural of `noun`: `layers`, `losses`.
  var plural: String { noun.hasSuffix("s") ? "\(noun)es" : "\(noun)s" }

  /// The article of `noun`.
  fileprivate var article: String { "aeiou".contains(noun.prefix(1)) ? "an" : "a" }

  /// The expected value, for messages: `a loss, such as …`.
  var expectation: String { "\(article) \(noun), such as \(example)" }

  /// The name of its definition in the JSON Schema: `loss`, `source`.
  var definition: String { String(noun.split(separator: " ").last ?? "") }

  private func row(named name: String) -> Row? {
    rows.first { $0.name == name || $0.aliases.contains(name) }
  }
}

/// A component that was read: its resolved options and a closure that builds it.
package struct Component<Product> {
  package var config: ComponentConfig
  package var build: () -> Product
}

extension Registry {
  /// Reads a component: a bare word, or a mapping with its name as the key.
  ///
  /// - Parameters:
  ///   - node: The node of the config.
  ///   - reserved: Keys of the mapping that are not the component's, such as a layer's `name`.
  ///   - context: The context for the whole config.
  /// - Returns: The component, or nil after reporting that there is none. After any report the
  ///   component must not be built.
  func component(
    from node: ConfigNode, ignoring reserved: Set<String> = [], context: ReadingContext
  ) -> Component<Product>? {
    if let scalar = node.scalar {
      return component(
        named: scalar.text, at: node.position, options: ConfigNode(.null, at: node.position),
        siblings: [], context: context)
    }
    let entries = (node.entries ?? []).filter { !reserved.contains($0.key) }
    guard let head = head(of: entries) else {
      context.problems.report(
        "expects \(expectation), gets \(node.summary)", at: node.position)
      return nil
    }
    let others = entries.filter { $0.key != head.key }
    if style == .nested, let other = others.first {
      let known = row(named: other.key) != nil
      context.problems.report(
        "expects one \(noun), gets `\(head.key.shortened())` and `\(other.key.shortened())`",
        at: other.keyPosition,
        hint: known
          ? "write each \(noun) as a separate entry, after a dash"
          : "options go inside: \(head.key.shortened()): {\(other.key.shortened()): …}")
    }
    return component(
      named: head.key, at: head.keyPosition, options: head.value,
      siblings: style == .nextToName ? others : [], context: context)
  }

  /// The entry that names the component. Of several such names it is the one that has the others as
  /// options, such as `csv` in `{text: review, csv: reviews.csv}`.
  private func head(of entries: [ConfigNode.Entry]) -> ConfigNode.Entry? {
    let known = entries.filter { row(named: $0.key) != nil }
    guard style == .nextToName, known.count > 1 else { return known.first ?? entries.first }
    return known.first { head in
      let options = row(named: head.key).map { row in
        OptionReader.describe { _ = row.read($0) }.map(\.name)
      }
      let names = Set(options ?? [])
      return known.allSatisfy { $0.key == head.key || names.contains($0.key) }
    } ?? known.first
  }

  private func component(
    named name: String, at position: ConfigPosition, options: ConfigNode,
    siblings: [ConfigNode.Entry], context: ReadingContext
  ) -> Component<Product>? {
    guard let row = row(named: name) else {
      context.problems.report(
        "unknown \(noun) `\(name.shortened())`", at: position,
        hint: Suggestion.hint(for: name, in: names, plural: plural))
      return nil
    }
    let reader = OptionReader(
      owner: row.name, at: position, node: options, siblings: siblings,
      context: context)
    let build = row.read(reader)
    common(reader)
    reader.finish()
    return Component(
      config: ComponentConfig(kind: row.name, options: reader.resolved), build: build)
  }

  /// Builds a component whose options have been resolved.
  ///
  /// - Throws: `NNError` for options that the registry does not accept, which only a config changed
  ///   by a program can contain.
  package func build(
    _ config: ComponentConfig, part: DataPart = .training
  ) throws(NNError) -> Product {
    let kind = OptionKind.component(of: self)
    return try kind.resolved(config.value, as: noun, part: part).build()
  }
}

extension ComponentConfig {
  /// The component as written in the resolved config: a bare word without options, otherwise
  /// `kind: {options}`.
  ///
  /// If the first option has the component's own name (`npz: FILE`), the others are next to it; the
  /// layers of a container are a bare list.
  var value: ConfigValue {
    if options.isEmpty { return .string(kind) }
    if options[0].name == kind { return .mapping(options) }
    if options.count == 1, options[0].name == "layers" {
      return .mapping([ConfigOption(kind, options[0].value)])
    }
    return .mapping([ConfigOption(kind, .mapping(options))])
  }
}

extension OptionKind {
  /// A component of a registry.
  static func component<Product>(
    of registry: Registry<Product>
  ) -> OptionKind<Component<Product>> where Value == Component<Product> {
    OptionKind<Component<Product>>(
      expectation: registry.expectation, schema: .component(registry.definition),
      placeholder: Component(config: ComponentConfig(kind: "")) {
        preconditionFailure("a component was built after a problem was reported")
      },
      parse: { node, place in
        registry.component(from: node, context: place.context)
      },
      encode: { $0.config.value })
  }
}
