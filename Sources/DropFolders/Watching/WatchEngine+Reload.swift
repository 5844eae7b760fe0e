import Domain
import SystemPackage

extension WatchEngine {
    /// Takes over the watch entries of another configuration: new roots are walked and watched, former ones let go, and
    /// those with other rules are walked anew. What has not changed is not touched.
    func replaceTrees(with trees: [WatchedTree]) {
        for index in roots.indices where !roots[index].isRetired && !trees.contains(roots[index].tree) {
            closeRoot(index)
            roots[index].pollDue = nil
            let root = roots[index].tree.layout.root
            guard let tree = trees.first(where: { $0.layout.root == root }) else {
                roots[index].isRetired = true
                continue
            }
            roots[index].tree = tree
            openRoot(index)
        }
        let known = Set(roots.filter { !$0.isRetired }.map(\.tree.layout.root))
        for tree in trees where !known.contains(tree.layout.root) {
            roots.append(Root(tree: tree))
            openRoot(roots.count - 1)
        }
        // Its end is told, so that what was there before is looked after.
        owesEndOfWalk = hasToldFirstWalk
        if watches != nil { setRootCheck() }
        finishStep()
        poke()
    }
}
