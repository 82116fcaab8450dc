/// A control group of this process (version 2 or 1): containers limit processors and memory by
/// them.
package struct ControlGroup: Sendable, Hashable {
  /// The folder with its limits.
  package let folder: String
  /// Whether it is of version 2, which has one hierarchy for everything.
  package let isUnified: Bool

  /// The groups that limit what a controller counts: those of this process and all their ancestors,
  /// since a group's limit holds for everything below it. The smallest limit applies.
  ///
  /// - Parameters:
  ///   - controller: `cpu` or `memory`.
  ///   - root: A prefix of `/proc` and `/sys`.
  package static func all(of controller: String, root: String = "") -> [ControlGroup] {
    guard let membership = SmallFile.text("\(root)/proc/self/cgroup") else { return [] }
    var groups: [ControlGroup] = []
    for line in membership.split(separator: "\n") {
      // hierarchy-id:controllers:path
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isUnified = fields[0] == "0" && fields[1].isEmpty
      let isNamed = fields[1].split(separator: ",").contains { $0 == controller }
      guard isUnified || isNamed else { continue }
      let mounts = isUnified ? ["", "/unified"] : ["/\(fields[1])", "/\(controller)"]
      for mount in mounts {
        for group in groupAndAncestors(fields[2]) {
          groups.append(
            ControlGroup(folder: "\(root)/sys/fs/cgroup\(mount)\(group)", isUnified: isUnified))
        }
      }
    }
    return groups
  }

  /// `/a/b` → `/a/b`, `/a` and the root, which is empty.
  private static func groupAndAncestors(_ path: Substring) -> [String] {
    var parts = path.split(separator: "/")
    var groups: [String] = []
    while !parts.isEmpty {
      groups.append("/" + parts.joined(separator: "/"))
      parts.removeLast()
    }
    return groups + [""]
  }
}
