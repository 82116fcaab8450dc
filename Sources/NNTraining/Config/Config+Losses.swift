public import NNCore
public import NNLosses
import NNMetrics

/// An entry of a config's `loss`: the loss and the tensors that it reads.
public struct LossConfig: Sendable, Hashable {
  /// The loss.
  public var component: ComponentConfig
  /// The names of tensors for roles of the loss; missing ones read the main output or target.
  public var tensors: [Tensor]
  /// The factor of the loss in the sum; 1 by default.
  public var weight: Double
  /// The name in tables; nil (default) for that of the output, else of the loss.
  public var name: String?

  /// A tensor that a loss reads.
  public struct Tensor: Sendable, Hashable {
    /// The name in the loss's definition: `anchor`.
    public var role: String
    /// The name of an output, input or target.
    public var name: String

    /// Creates a tensor.
    public init(_ role: String, _ name: String) {
      self.role = role
      self.name = name
    }
  }

  /// Creates an entry, with the defaults of a config file.
  public init(
    _ component: ComponentConfig, tensors: [Tensor] = [], weight: Double = 1, name: String? = nil
  ) {
    self.component = component
    self.tensors = tensors
    self.weight = weight
    self.name = name
  }

  /// The name of the tensor of a role; nil for the main one.
  func tensor(_ role: LossRole) -> String? { tensors.first { $0.role == role.name }?.name }

  /// The name in tables.
  package var title: String { name ?? tensor(.output) ?? component.kind }

  /// The entry as written in the resolved config.
  var value: ConfigValue {
    var options = tensors.map { ConfigOption($0.role, .string($0.name)) }
    if weight != 1 { options.append(ConfigOption("weight", .number(weight))) }
    if let name { options.append(ConfigOption("name", .string(name))) }
    guard !options.isEmpty else { return component.value }
    return .mapping([ConfigOption(component.kind, .mapping(component.options))] + options)
  }
}

extension Registry where Product == any Loss {
  /// The keys that a loss may have next to its kind: the tensors that it reads, its weight, its name.
  static let entryOptions = OptionReader.describe { options in
    for role in roles {
      _ = options.optional(
        role, .text("a name"),
        "the output, target or input that the loss reads as its \(role.replacing("_", with: " "))")
    }
    _ = options.value("weight", .number(), default: 1, "the factor of the loss in the sum")
    _ = options.optional("name", .layerName, "the name in tables; null: that of its output")
  }

  /// The names of the tensors that losses read, in the order of the table.
  private static var roles: [String] {
    losses.rows.reduce(into: []) { names, row in
      _ = OptionReader.describe { options in
        for role in row.read(options)().roles where !names.contains(role.name) {
          names.append(role.name)
        }
      }
    }
  }
}

extension OptionKind where Value == [LossConfig] {
  /// A loss, or a list of losses.
  static var losses: Self {
    let loss = OptionKind<LossConfig>.loss
    return Self(
      expectation: "\(Registry.losses.expectation), or a list of losses",
      schema: .either(
        loss.schema(), .list(of: loss.schema(), count: 1...Objective.largestCount)),
      placeholder: [loss.placeholder],
      parse: { node, place in
        let items = node.items ?? [node]
        guard (1...Objective.largestCount).contains(items.count) else {
          place.mismatch(node, expects: "1 to \(Objective.largestCount) losses")
          return nil
        }
        let losses = items.compactMap { loss.parse($0, place) }
        guard losses.count == items.count else { return nil }
        var seen: Set<String> = []
        for (index, loss) in losses.enumerated() where losses.count > 1 {
          if !seen.insert(loss.title).inserted {
            place.context.problems.report(
              "two losses are called `\(loss.title)`", at: items[index].position,
              hint: "give one of them a `name`")
          }
        }
        return losses
      },
      encode: { $0.count == 1 ? $0[0].value : .list($0.map(\.value)) })
  }
}

extension OptionKind where Value == LossConfig {
  /// A loss with the tensors that it reads, its weight and its name next to it.
  fileprivate static var loss: Self {
    let text = OptionKind<String>.text("a name")
    return Self(
      expectation: Registry.losses.expectation, schema: .component(Registry.losses.definition),
      placeholder: LossConfig(ComponentConfig(kind: "")),
      parse: { node, place in
        let problems = place.context.problems
        let before = problems.isEmpty
        let kinds = Set(Registry.losses.names)
        let others = (node.entries ?? []).filter { !kinds.contains($0.key) }
        // Without a loss every key is a misspelt one.
        let isNamed = (node.entries ?? []).contains { kinds.contains($0.key) }
        guard
          let component = Registry.losses.component(
            from: node, ignoring: isNamed ? Set(others.map(\.key)) : [], context: place.context)
        else { return nil }
        var loss = LossConfig(component.config)
        guard before, problems.isEmpty, isNamed else { return loss }
        let roles = component.build().roles.map(\.name)
        for entry in others {
          let place = OptionPlace(name: entry.key, context: place.context)
          switch entry.key {
          case "weight":
            loss.weight = OptionKind<Double>.number().parse(entry.value, place) ?? 1
          case "name":
            loss.name = OptionKind<String>.layerName.parse(entry.value, place)
          case let role where roles.contains(role):
            if let name = text.parse(entry.value, place) { loss.tensors.append(.init(role, name)) }
          default:
            problems.report(
              "the loss `\(component.config.kind)` has no `\(entry.key.shortened())`",
              at: entry.keyPosition,
              hint:
                "next to it: \((roles + ["weight", "name"]).joined(separator: ", ")); options go "
                + "inside: \(component.config.kind): {\(entry.key.shortened()): …}")
          }
        }
        return loss
      }, encode: \.value)
  }
}

extension Config {
  /// The main loss, which determines what the network's main output means.
  public var loss: ComponentConfig {
    get { losses[0].component }
    set { losses[0].component = newValue }
  }

  /// The names of several losses, as in the columns `train_loss_NAME`; empty for one loss.
  package var lossNames: [String] { losses.count == 1 ? [] : losses.map(\.title) }

  /// The losses with the tensors that they read.
  ///
  /// - Throws: `NNError` for options that a loss does not accept, and for a `class_weight`, which
  ///   depends on the training data.
  public func makeLosses() throws(NNError) -> [LossTerm] {
    try requireClassWeights()
    return try makeTerms()
  }

  private func makeTerms() throws(NNError) -> [LossTerm] {
    var terms: [LossTerm] = []
    for loss in losses {
      terms.append(
        LossTerm(
          try Registry.losses.build(loss.component),
          reading: Dictionary(
            loss.tensors.map { ($0.role, $0.name) }, uniquingKeysWith: { first, _ in first }),
          weight: loss.weight, name: loss.title))
    }
    return terms
  }

  /// What training minimises; classes have weights once the config has been adapted to the data.
  func makeObjective() throws(NNError) -> Objective { Objective(try makeTerms()) }

  /// The loss that reads an output of the network; the main one if none does.
  ///
  /// - Parameter name: The output's name; nil for the main output.
  func loss(ofOutput name: String?) -> LossConfig {
    losses.first { $0.tensor(.output) == name } ?? losses[0]
  }
}

extension Config {
  /// A loss written on a command line, as in a config: `l1`, `{huber: {delta: 0.5}}`.
  ///
  /// - Throws: `NNError` if the text is not a loss.
  public static func loss(from text: String) throws(NNError) -> any Loss {
    let place = "loss \(text)"
    let node = try ConfigNode(yaml: text, source: place)
    let problems = ConfigProblems()
    let component = Registry.losses.component(
      from: node, context: ReadingContext(problems: problems))
    try problems.throwIfAny(in: place)
    guard let component else { throw .invalid("names no loss", at: place) }
    return component.build()
  }
}
