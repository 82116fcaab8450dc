package import NNCore
package import NNTraining

/// Changes inputs a little so that a network fails.
package protocol Attack: Sendable {
  /// The name in tables, with what distinguishes its settings: `pgd-40`.
  var title: String { get }
  /// Whether it reads gradients of the network (white box) or outputs alone (black box).
  var readsGradients: Bool { get }
  /// Whether another draw has another result, so that restarts help.
  var isRandom: Bool { get }

  /// Perturbed inputs in the ball around the clean ones and in the data's range.
  ///
  /// - Parameters:
  ///   - batch: The clean examples.
  ///   - network: The attacked network.
  ///   - radius: ε, in the unit of raw inputs.
  ///   - draw: The number of the restart, on which random numbers depend.
  func callAsFunction(
    _ batch: AttackBatch, on network: AttackedNetwork, radius: Double, draw: Int
  ) throws(NNError) -> HostTensor
}

/// An attack that a command can name.
package struct AttackEntry: Sendable {
  /// The name: `pgd`.
  package let name: String
  /// One line about it.
  package let meaning: String
  /// Creates the attack.
  package let make: @Sendable (AttackSettings) -> any Attack

  init(
    _ name: String, _ meaning: String, make: @escaping @Sendable (AttackSettings) -> any Attack
  ) {
    self.name = name
    self.meaning = meaning
    self.make = make
  }
}

/// The table of attacks. A new attack is one file and one row.
package enum AttackRegistry {
  /// The attacks, in the order in which tables show them.
  package static let entries = [
    FGSMAttack.entry, PGDAttack.entry, SquareAttack.entry, NoiseAttack.entry,
  ]

  /// The names.
  package static var names: [String] { entries.map(\.name) }

  /// Creates attacks by their names.
  ///
  /// - Throws: `NNError` for an unknown or repeated name.
  package static func make(
    _ names: [String], _ settings: AttackSettings
  ) throws(NNError) -> [any Attack] {
    guard !names.isEmpty else {
      throw .invalid("no attack is named", hint: "attacks: \(Self.names.joined(separator: ", "))")
    }
    var attacks: [any Attack] = []
    var seen: Set<String> = []
    for name in names {
      guard let entry = entries.first(where: { $0.name == name }) else {
        throw .invalid(
          "unknown attack `\(name)`",
          hint: Suggestion.hint(for: name, in: Self.names, plural: "attacks"))
      }
      guard seen.insert(name).inserted else {
        throw .invalid("the attack `\(name)` is named twice")
      }
      attacks.append(entry.make(settings))
    }
    return attacks
  }
}
