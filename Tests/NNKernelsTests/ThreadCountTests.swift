import NNCore
import NNKernels
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

struct ThreadCountTests {
  @Test(arguments: ["1", "7", "1024"])
  func environmentWins(value: String) throws {
    let detected = try ThreadCount.decide(requested: value, availableCPUs: 4, quota: 0.5)
    #expect(detected.count == Int(value))
    #expect(detected.reason == "NN_THREADS=\(value)")
  }

  @Test(arguments: ["", "0", "-1", "1025", "two", "2.5", " 2", "99999999999999999999"])
  func invalidEnvironmentIsAnError(value: String) {
    let error = #expect(throws: NNError.self) {
      try ThreadCount.decide(requested: value, availableCPUs: 4, quota: nil)
    }
    #expect(error?.kind == .invalidInput)
    #expect(
      error?.message == "NN_THREADS is \"\(value)\", expected an integer from 1 to 1024")
  }

  @Test(
    arguments: [
      (4, nil, 4), (4, 1.5, 2), (4, 2.0, 2), (4, 0.1, 1), (4, 3.01, 4), (4, 8.0, 4), (1, 4.0, 1),
      (0, nil, 1), (5000, nil, 1024),
    ] as [(Int, Double?, Int)])
  func smallerOfAffinityAndQuota(cpus: Int, quota: Double?, expected: Int) throws {
    #expect(
      try ThreadCount.decide(requested: nil, availableCPUs: cpus, quota: quota).count == expected)
  }

  @Test func reasonsSayWhatDecided() {
    #expect(ThreadCount.limit(availableCPUs: 1, quota: nil).reason == "1 CPU available")
    #expect(ThreadCount.limit(availableCPUs: 2, quota: 2).reason == "2 CPUs available")
    #expect(
      ThreadCount.limit(availableCPUs: 8, quota: 1.5).reason
        == "control group quota of 1.5 of 8 CPUs, rounded up")
  }

  @Test func thisMachineHasCPUs() {
    #expect(ThreadCount.availableCPUs >= 1)
    #expect(ThreadCount.availableCPUs <= ProcessInfo.processInfo.processorCount)
  }

  struct Group: CustomTestStringConvertible {
    var testDescription: String
    var files: [String: String]
    var quota: Double?
  }

  static let groups = [
    Group(testDescription: "no control groups", files: [:], quota: nil),
    Group(
      testDescription: "version 2, root",
      files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "150000 100000\n"],
      quota: 1.5),
    Group(
      testDescription: "version 2, unlimited",
      files: ["proc/self/cgroup": "0::/\n", "sys/fs/cgroup/cpu.max": "max 100000\n"], quota: nil),
    Group(
      testDescription: "version 2, an ancestor is tighter",
      files: [
        "proc/self/cgroup": "0::/user.slice/job\n",
        "sys/fs/cgroup/user.slice/cpu.max": "200000 100000\n",
        "sys/fs/cgroup/user.slice/job/cpu.max": "400000 100000\n",
      ], quota: 2),
    Group(
      testDescription: "version 1",
      files: [
        "proc/self/cgroup": "3:cpuset:/\n2:cpu,cpuacct:/job\n",
        "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_quota_us": "250000\n",
        "sys/fs/cgroup/cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
      ], quota: 2.5),
    Group(
      testDescription: "version 1 inside a container, where only the root is mounted",
      files: [
        "proc/self/cgroup": "1:cpu:/docker/0123\n0::/\n",
        "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "50000\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ], quota: 0.5),
    Group(
      testDescription: "version 1, unlimited",
      files: [
        "proc/self/cgroup": "1:cpu:/\n", "sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ], quota: nil),
    Group(
      testDescription: "unreadable text",
      files: ["proc/self/cgroup": "nonsense\n0::/\n", "sys/fs/cgroup/cpu.max": "lots\n"],
      quota: nil),
  ]

  @Test(arguments: groups)
  func controlGroups(group: Group) throws {
    let files = FileManager.default
    let root = files.temporaryDirectory.appending(path: "nn-groups-\(UUID().uuidString)")
    defer { try? files.removeItem(at: root) }
    for (path, text) in group.files {
      let file = root.appending(path: path)
      try files.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    #expect(ThreadCount.controlGroupQuota(root: root.path) == group.quota)
  }
}
