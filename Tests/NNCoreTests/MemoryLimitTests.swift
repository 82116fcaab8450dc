import NNCore
import NNTestSupport
import Testing

@Suite("how much memory there is")
struct MemoryLimitTests {
  struct Group: CustomTestStringConvertible {
    var testDescription: String
    var files: [String: String]
    var limit: Int?

    init(_ testDescription: String, _ files: [String: String], limit: Int?) {
      self.testDescription = testDescription
      self.files = files
      self.limit = limit
    }
  }

  static let groups = [
    Group("no control groups", [:], limit: nil),
    Group(
      "version 2", ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1073741824\n"],
      limit: 1 << 30),
    Group(
      "version 2 without a limit",
      ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "max\n"], limit: nil),
    Group(
      "the smallest of all ancestors",
      [
        "proc/self/cgroup": "0::/user.slice/job\n",
        "sys/fs/cgroup/user.slice/memory.max": "2097152\n",
        "sys/fs/cgroup/user.slice/job/memory.max": "4194304\n",
        "sys/fs/cgroup/memory.max": "max\n",
      ], limit: 2 << 20),
    Group(
      "version 1",
      [
        "proc/self/cgroup": "5:cpu:/job\n4:memory:/job\n0::/\n",
        "sys/fs/cgroup/memory/job/memory.limit_in_bytes": "8388608\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
        "sys/fs/cgroup/cpu/job/memory.limit_in_bytes": "1\n",
      ], limit: 8 << 20),
    Group(
      "version 1 in a container, which does not see its own path",
      [
        "proc/self/cgroup": "4:memory:/docker/0123\n",
        "sys/fs/cgroup/memory/memory.limit_in_bytes": "8388608\n",
      ], limit: 8 << 20),
    Group(
      "nonsense",
      ["proc/self/cgroup": "memory\n0::/\n", "sys/fs/cgroup/memory.max": "lots\n"], limit: nil),
  ]

  @Test(arguments: groups)
  func controlGroups(group: Group) throws {
    let folder = try TemporaryFolder()
    for (path, text) in group.files { try folder.write(text, to: path) }
    #expect(MemoryLimit.controlGroupLimit(root: folder.path) == group.limit)
  }

  @Test(arguments: [
    ("26115 5461 3712 8 0 1234 0\n", 26115 << 12), ("0", 0), ("", nil), ("many 1", nil),
    ("9223372036854775807 1", Int.max),
  ])
  func mapped(text: String, byteCount: Int?) {
    #expect(MemoryLimit.mappedByteCount(statm: text, pageByteCount: 4096) == byteCount)
  }
}
