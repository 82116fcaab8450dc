/// A key of a value that a layer passes to the layers inside it, like SwiftUI's `EnvironmentKey`.
///
/// ```swift
/// enum Temperature: ContextKey { static var defaultValue: Double { 1 } }
/// let scope = scope.setting(Temperature.self, to: 0.5)   // for the layers that it is passed to
/// let temperature = scope[Temperature.self]              // inside them
/// ```
public protocol ContextKey {
  /// The type of the value.
  associatedtype Value
  /// The value where no layer has set one.
  static var defaultValue: Value { get }
}

/// A key of values that layers report while a network is built, like SwiftUI's `PreferenceKey`:
/// layers around them, layers after them and the caller of `Model.build` read them.
///
/// ```swift
/// enum Gates: ReportKey { typealias Value = NNGraph.Value }
/// scope.report(Gates.self, gate)     // in a layer
/// built.reports(of: Gates.self)      // after building
/// ```
public protocol ReportKey {
  /// The type of the values.
  associatedtype Value
}

/// The values that a scope passes on, by the types of their keys.
struct ContextValues {
  private var values: [ObjectIdentifier: Any] = [:]

  subscript<Key: ContextKey>(key: Key.Type) -> Key.Value {
    get { values[ObjectIdentifier(key)] as? Key.Value ?? Key.defaultValue }
    set { values[ObjectIdentifier(key)] = newValue }
  }
}

/// The values that layers have reported, by the types of their keys.
struct ReportedValues {
  private var values: [ObjectIdentifier: [Any]] = [:]

  func callAsFunction<Key: ReportKey>(_ key: Key.Type) -> [Key.Value] {
    (values[ObjectIdentifier(key)] ?? []).compactMap { $0 as? Key.Value }
  }

  mutating func append<Key: ReportKey>(_ key: Key.Type, _ value: Key.Value) {
    values[ObjectIdentifier(key), default: []].append(value)
  }
}
