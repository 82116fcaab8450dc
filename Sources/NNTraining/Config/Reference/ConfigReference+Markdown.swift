extension ConfigReference {
  /// `docs/config.md`: `nntrain schema --markdown`.
  package var markdown: String {
    let sections = registries.map { $0.markdown(links: links) }
    let blocks =
      [ReferenceText.introduction, "## Top level", ReferenceText.topLevel]
      + [MarkdownTable.text(options, links: links)] + sectionTables(of: options, path: "")
      + sections
    return blocks.joined(separator: "\n\n") + "\n"
  }

  /// Phrases of the expected values, and what replaces them: links to the sections of components.
  private var links: [(phrase: String, link: String)] {
    registries.map { registry in
      let phrase = registry.expectation.prefix(before: ", such as")
      return (registry.expectation, "[\(phrase)](#\(registry.anchor))")
    } + [("list of layers", "list of [layers](#layers)")]
  }

  /// A table for each key whose value is a mapping, then those inside.
  private func sectionTables(of options: [OptionDescription], path: String) -> [String] {
    options.filter { !$0.nested.isEmpty }.flatMap { option -> [String] in
      let name = path.isEmpty ? option.name : "\(path).\(option.name)"
      return ["### `\(name)`", MarkdownTable.text(option.nested, links: links)]
        + sectionTables(of: option.nested, path: name)
    }
  }
}

extension RegistryDescription {
  /// The anchor of the section: `data-sources`.
  fileprivate var anchor: String { plural.split(separator: " ").joined(separator: "-") }

  /// The section: an introduction, a table of options for each component that has some, and one
  /// table of those without.
  fileprivate func markdown(links: [(phrase: String, link: String)]) -> String {
    var blocks = ["## \(plural.prefix(1).uppercased())\(plural.dropFirst())"]
    if let text = ReferenceText.sections[definition] { blocks.append(text) }
    if !entryOptions.isEmpty { blocks.append(MarkdownTable.text(entryOptions, links: links)) }
    for component in components where !component.options.isEmpty {
      let aliases = component.aliases.map { " Also `\($0)`." }.joined()
      blocks += [
        "### `\(component.name)`", component.meaning + aliases,
        MarkdownTable.text(component.options, links: links),
      ]
    }
    let plain = components.filter(\.options.isEmpty)
    if !plain.isEmpty {
      blocks.append("### \(plural.prefix(1).uppercased())\(plural.dropFirst()) without options")
      blocks.append(
        MarkdownTable.text(
          ["name", "meaning"], plain.map { ["`\($0.name)`", MarkdownTable.cell($0.meaning)] }))
    }
    return blocks.joined(separator: "\n\n")
  }
}

/// Tables of the reference.
enum MarkdownTable {
  /// A table of options.
  static func text(
    _ options: [OptionDescription], links: [(phrase: String, link: String)]
  ) -> String {
    text(
      ["option", "type", "default", "meaning"],
      options.map { option in
        let condition = option.condition.map { "; only with `\($0.description)`" } ?? ""
        // A mapping of options has a table of its own.
        let own: [(phrase: String, link: String)] =
          option.nested.isEmpty ? [] : [("a mapping", "[a mapping](#\(option.name))")]
        let kind = (links + own).reduce(option.expectation) { text, link in
          text.replacing(link.phrase, with: link.link)
        }
        return [
          "`\(option.name)`", cell(kind), cell(standard(option)), cell(option.meaning + condition),
        ]
      })
  }

  static func text(_ header: [String], _ rows: [[String]]) -> String {
    let lines = [header, header.map { _ in "---" }] + rows
    return lines.map { cells in
      "|" + cells.map { $0.contains { $0 != "-" } ? " \($0) |" : "\($0)|" }.joined()
    }.joined(separator: "\n")
  }

  /// A text that does not end its cell.
  static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static func standard(_ option: OptionDescription) -> String {
    if option.isRequired { return "required" }
    if let text = option.standardText { return text }
    if case .mapping = option.standard { return "its defaults" }
    return "`\(option.standardSpelling)`"
  }
}

extension OptionDescription {
  /// The default as a config may spell it: `1e-5`, `[0.9, 0.999]`.
  package var standardSpelling: String { Self.spelling(of: standard) }

  private static func spelling(of value: ConfigValue) -> String {
    switch value {
    case .number(let number):
      Int(exactly: number).map { "\($0)" } ?? "\(number)".replacing("e-0", with: "e-")
    case .list(let items): "[\(items.map { spelling(of: $0) }.joined(separator: ", "))]"
    default: YAMLWriter.inline(value)
    }
  }
}

extension String {
  /// The part before a separator; the whole text without one.
  fileprivate func prefix(before separator: String) -> String {
    firstRange(of: separator).map { String(self[..<$0.lowerBound]) } ?? self
  }
}
