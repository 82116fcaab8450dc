import Foundation
import NNCore
import NNTestSupport
import NNTraining
import Testing

/// The descriptions from which `docs/config.md` and the JSON Schema are made agree with what is
/// read, and the committed document with both.
@Suite("Config: reference")
struct ConfigReferenceTests {
  private let reference = ConfigReference()

  /// A component with a function that reads one.
  private struct Row {
    let component: ComponentDescription
    let read: (ConfigNode) -> (options: [ConfigOption], problems: String?)
  }

  private var rows: [Row] {
    func rows<Product>(_ registry: Registry<Product>) -> [Row] {
      registry.description().components.map { Row(component: $0, read: registry.resolvedOptions) }
    }
    return rows(.sources) + rows(.layers) + rows(.initializers) + rows(.losses)
      + rows(.optimizers) + rows(.schedules) + rows(.augmentations) + rows(.adversarialMethods)
      + rows(.metrics)
      + rows(.samplers) + rows(.pruners)
  }

  @Test("docs/config.md is what `nntrain schema --markdown` prints")
  func document() throws {
    let text = (try? Repository.text("docs/config.md")) ?? ""
    #expect(
      text == reference.markdown,
      "docs/config.md is out of date; run: nntrain schema --markdown > docs/config.md")
  }

  @Test("every component and option has a meaning of one line")
  func meanings() {
    func check(_ options: [OptionDescription], of owner: String) {
      for option in options {
        let place = "\(owner), \(option.name): \(option.meaning)"
        #expect(option.meaning.count > 5 && option.meaning.count < 200, "\(place)")
        #expect(!option.meaning.contains("\n") && !option.meaning.hasSuffix("."), "\(place)")
        #expect(!option.expectation.isEmpty, "\(place)")
        check(option.nested, of: "\(owner).\(option.name)")
      }
      #expect(Set(options.map(\.name)).count == options.count, "\(owner)")
    }
    check(reference.options, of: "config")
    #expect(rows.count > 75)
    for registry in reference.registries {
      check(registry.entryOptions, of: registry.definition)
      for component in registry.components {
        #expect(
          component.meaning.count > 5 && component.meaning.hasSuffix("."), "\(component.name)")
        #expect(!component.meaning.contains("\n"), "\(component.name)")
        check(component.options, of: component.name)
      }
    }
  }

  @Test("each default reads back to itself")
  func defaults() throws {
    for row in rows {
      let options = row.component.options.filter { $0.condition == nil }
      let texts = options.map { "\($0.name): \(Self.spelling($0))" }
      let text = "{\(row.component.name): {\(texts.joined(separator: ", "))}}"
      let (resolved, problems) = row.read(try ConfigNode(yaml: text, source: "c.yaml"))
      #expect(problems == nil, "\(text)")
      for option in options where option.standard != .string("") {
        let read = resolved.first { $0.name == option.name }?.value
        let isOmitted = option.mayBeOmitted && read == nil
        #expect(
          isOmitted || read == option.standard, "\(row.component.name), \(option.name)")
      }
    }
  }

  /// A default, or a value for a required option.
  private static func spelling(_ option: OptionDescription) -> String {
    option.standard == .string("") ? "a" : option.standardSpelling
  }

  @Test("an option that is read only with some values of others is declared so")
  func conditions() throws {
    var variantCount = 0
    for row in rows {
      let options = row.component.options
      let required = options.filter(\.isRequired).map { ConfigOption($0.name, $0.standard) }
      for option in options {
        for variant in Self.variants(of: option.schema) {
          variantCount += 1
          let given =
            required.filter { $0.name != option.name } + [ConfigOption(option.name, variant)]
          let node = ConfigNode(
            value: .mapping([ConfigOption(row.component.name, .mapping(given))]),
            at: ConfigPosition(source: "test"))
          let resolved = row.read(node).options
          let expected = options.filter { other in
            if other.mayBeOmitted {
              return resolved.contains { $0.name == other.name }
            }
            guard let condition = other.condition else { return true }
            return resolved.contains { option in
              option.name == condition.option && option.value == .string(condition.value)
            }
          }
          #expect(
            resolved.map(\.name) == expected.map(\.name),
            "\(row.component.name) with \(option.name): \(variant)")
        }
      }
    }
    #expect(variantCount > 300)
  }

  /// Values that differ in kind or in a choice.
  private static func variants(of schema: ValueSchema) -> [ConfigValue] {
    switch schema {
    case .boolean: [.bool(true), .bool(false)]
    case .integer(let bounds): [bounds.lowerBound, 2, 3].map(ConfigValue.integer)
    case .number: [.number(0.25), .number(3)]
    case .text, .pattern: [.string("a")]
    case .words(let words): words.map(ConfigValue.string)
    case .null: [.null]
    case .list(let element, let count):
      variants(of: element).map { .list(Array(repeating: $0, count: max(1, count.lowerBound))) }
    case .mapping(let element):
      variants(of: element).map { .mapping([ConfigOption("a", $0)]) }
    case .options, .openOptions: [.mapping([])]
    case .component, .componentWord: []
    case .any(let parts): parts.flatMap { variants(of: $0) }
    }
  }

  @Test("an option of another choice is refused with the choice that it needs")
  func conditionMessage() {
    let text = complaint(
      about: smallConfig, overrides: ["data.train={text: a.txt, level: char, merges: 9}"])
    #expect(
      text == "--set data.train: text has no option `merges`\n"
        + "  hint: it is an option only with `level: bpe`")
  }

  @Test(
    "an option at a wrong place is refused with its place",
    arguments: [
      ("batch_size=8", "it is an option of `data`: data.batch_size"),
      ("patience=8", "it is an option of `early_stopping`: early_stopping.patience"),
      ("data.epochs=8", "`epochs` is an option at the top level of the config"),
      ("checkpoint.lr=8", "it is an option of `sgd`, `adam`, `adamw` and others"),
      ("data.amsgrad=8", "it is an option of `adam`, `adamw`"),
    ])
  func misplaced(override: String, hint: String) {
    let text = complaint(about: smallConfig, overrides: [override])
    #expect(text?.hasSuffix("\n  hint: \(hint)") == true, "\(text ?? "no error")")
  }

  @Test(
    "every key that is read is written, and no other",
    arguments: [("data.sampler=balanced", "shuffle_window"), ("data.shuffle_window=64", "sampler")])
  func written(override: String, excluded: String) throws {
    let config = try Config(
      yaml: fullConfig,
      overrides: [
        "l1_penalty=0.1", "freeze=[features.*]", "accumulate=2",
        "data.validation={split: 0.1, order: random, stratify: false, group_by: a, gap: 0, seed: 3}",
        "data.test={split: 0.1, order: random, stratify: false, group_by: a, gap: 0, seed: 3}",
        "data.subset={fraction: 0.5, seed: 3}",
        "cross_validate={folds: 5, kind: time, size: 2, step: 1}",
        "data.normalize={mean: 0, std: 1}", override,
        "search={parameters: {optimizer.adam.lr: {log: [0.001, 0.1]}}}",
        "adversarial={pgd: {eps: 0.1}}", "data.augment=[gaussian_noise]",
      ])
    func compare(_ options: [OptionDescription], _ value: ConfigValue?, _ path: String) {
      guard case .mapping(let written) = value else {
        Issue.record("\(path) is not a mapping")
        return
      }
      #expect(written.map(\.name) == options.map(\.name).filter { $0 != excluded }, "\(path)")
      for option in options where !option.nested.isEmpty {
        compare(
          option.nested, written.first { $0.name == option.name }?.value,
          "\(path).\(option.name)")
      }
    }
    compare(reference.options, .mapping(config.resolvedOptions), "config")
  }

  @Test("the examples of the document can be read")
  func examples() throws {
    let blocks = reference.markdown.components(separatedBy: "```yaml\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }.filter { !$0.hasPrefix("#") }
    #expect(blocks.count == 10)
    let base = [
      "data": "{train: moons}", "model": "[{linear: 2}]", "loss": "cross_entropy",
      "optimizer": "adam",
    ]
    for block in blocks {
      let rest = base.filter { !block.contains("\($0.key):") }.map { "\($0.key): \($0.value)\n" }
      _ = try Config(yaml: block + rest.joined())
    }
  }

  @Test("the document names every component and every key")
  func names() {
    let text = reference.markdown
    for row in rows {
      let name = row.component.name
      #expect(text.contains("\n### `\(name)`\n") || text.contains("\n| `\(name)` |"), "\(name)")
      for option in row.component.options {
        #expect(text.contains("\n| `\(option.name)` |"), "\(name), \(option.name)")
      }
    }
    for option in reference.options { #expect(text.contains("\n| `\(option.name)` |")) }
    // Each row of a table has as many cells as its header.
    for line in text.split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.replacing("\\|", with: "").count { $0 == "|" } - 1
      #expect(cells == 4 || cells == 2, "\(line)")
    }
  }
}
