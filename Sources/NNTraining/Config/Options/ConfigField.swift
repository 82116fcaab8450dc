/// One key of a section of a config, declared once: from the declaration the key is read, checked,
/// written and documented.
///
/// ```swift
/// static var fields: [ConfigField<LogConfig>] {
///   [.value("every", \.every, .integer(1...), "the number of steps between rows of steps.csv"), …]
/// }
/// ```
///
/// The default is the section's own, from its initializer.
struct ConfigField<Section> {
  /// Reads the key into a section that holds the defaults and the keys before it.
  let read: (inout Section, OptionReader) -> Void
  /// The key as written in the resolved config; nil where it is left out.
  let write: (Section) -> ConfigOption?

  /// A key with a default.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - path: Where the section holds the value.
  ///   - kind: The values it may have.
  ///   - text: The default in words, if it depends on other settings.
  ///   - meaning: What the key does, for the documentation.
  static func value<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value>, _ kind: OptionKind<Value>,
    shownAs text: String? = nil, _ meaning: String
  ) -> Self {
    value(name, path, { _, _ in kind }, shownAs: text, meaning)
  }

  /// A key with a default, whose values depend on the keys before it.
  ///
  /// - Parameter kind: Returns the values that the key may have.
  static func value<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value>,
    _ kind: @escaping (Section, ReadingContext) -> OptionKind<Value>, shownAs text: String? = nil,
    _ meaning: String
  ) -> Self {
    Self(
      read: { section, options in
        section[keyPath: path] = options.value(
          name, kind(section, options.context), default: section[keyPath: path], shownAs: text,
          meaning)
      },
      write: { section in
        let context = ReadingContext(problems: ConfigProblems())
        return ConfigOption(name, kind(section, context).encode(section[keyPath: path]))
      })
  }

  /// A key that may be null, which is nil.
  static func optional<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value?>, _ kind: OptionKind<Value>,
    _ meaning: String
  ) -> Self {
    value(name, path, kind.orNull, meaning)
  }

  /// A key that must be set.
  static func required<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value>,
    _ kind: @escaping (Section) -> OptionKind<Value>, _ meaning: String
  ) -> Self {
    Self(
      read: { section, options in
        section[keyPath: path] = options.required(name, kind(section), meaning)
      }, write: { ConfigOption(name, kind($0).encode($0[keyPath: path])) })
  }

  /// A key that is written only if it is set, so that configs without it are the same as in earlier
  /// versions.
  static func given<Value: Equatable>(
    _ name: String, _ path: WritableKeyPath<Section, Value>, _ kind: OptionKind<Value>,
    omitting standard: Value, _ meaning: String
  ) -> Self {
    Self(
      read: { section, options in
        section[keyPath: path] = options.given(name, kind, meaning) ?? standard
      },
      write: { section in
        let value = section[keyPath: path]
        return value == standard ? nil : ConfigOption(name, kind.encode(value))
      })
  }

  /// A key that may be left out and is written only if it is set.
  static func given<Value>(
    _ name: String, _ path: WritableKeyPath<Section, Value?>, _ kind: OptionKind<Value>,
    _ meaning: String
  ) -> Self {
    Self(
      read: { section, options in
        section[keyPath: path] = options.given(name, kind, meaning)
      },
      write: { section in
        section[keyPath: path].map { ConfigOption(name, kind.encode($0)) }
      })
  }

  /// The same key, written only where a condition holds.
  func written(if isWritten: @escaping (Section) -> Bool) -> Self {
    Self(read: read, write: { isWritten($0) ? write($0) : nil })
  }
}

extension OptionKind {
  /// A mapping of keys; a bare value is its first key.
  ///
  /// - Parameters:
  ///   - name: The section's name, for messages.
  ///   - standard: The section with every default.
  ///   - fields: The keys, in their order.
  ///   - finish: Adds what depends on several keys.
  static func section(
    _ name: String, _ standard: Value, _ fields: [ConfigField<Value>],
    finish: @escaping (inout Value, OptionReader) -> Void = { _, _ in }
  ) -> Self {
    section(
      name, placeholder: standard,
      encode: { section in .mapping(fields.compactMap { $0.write(section) }) },
      read: { options in
        var section = standard
        for field in fields { field.read(&section, options) }
        finish(&section, options)
        return section
      })
  }

  /// The values of another kind, kept in this form.
  ///
  /// - Parameters:
  ///   - other: The kind.
  ///   - keep: Returns the form that is kept.
  ///   - encode: Returns the kept form as written in the resolved config.
  static func keeping<Other>(
    _ other: OptionKind<Other>, as keep: @escaping (Other) -> Value,
    writing encode: @escaping (Value) -> ConfigValue
  ) -> Self {
    Self(
      expectation: other.expectation, schema: other.schema(), nested: other.nested(),
      placeholder: keep(other.placeholder), parse: { other.parse($0, $1).map(keep) },
      encode: encode)
  }

  /// A component, of which a config keeps the options.
  static func options<Product>(
    _ component: OptionKind<Component<Product>>
  ) -> Self where Value == ComponentConfig {
    .keeping(component, as: \.config, writing: \.value)
  }
}
