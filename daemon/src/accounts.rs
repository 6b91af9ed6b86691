//! Users and groups, from the texts of /etc/passwd and /etc/group (passwd(5), group(5)). Pure.
//!
//! The C library would ask the plug-ins of nsswitch.conf(5), which a statically linked program
//! cannot load. The accounts that matter here are the system's own, and those are in these files.

/// A user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct User<'a> {
    /// The login name.
    pub name: &'a str,
    /// The user id.
    pub uid: u32,
    /// The id of the group that the user is in by itself.
    pub gid: u32,
}

/// The users in a text of /etc/passwd. Lines that are none are passed over.
pub fn users(passwd: &str) -> impl Iterator<Item = User<'_>> {
    passwd.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, _password) = (fields.next()?, fields.next()?);
        Some(User { name, uid: fields.next()?.parse().ok()?, gid: fields.next()?.parse().ok()? })
    })
}

/// The groups in a text of /etc/group: name, id and members. Lines that are none are passed over.
pub fn groups(group: &str) -> impl Iterator<Item = (&str, u32, impl Iterator<Item = &str>)> {
    group.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let (name, _password) = (fields.next()?, fields.next()?);
        Some((name, fields.next()?.parse().ok()?, fields.next()?.split(',')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_and_other_lines_passed_over() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\n\n+::::::\nhalf:x:1\n\
                      p1serial:x:999:995::/:/usr/sbin/nologin\nbig:x:99999999999:1:::\n";
        let found: Vec<_> = users(passwd).collect();
        let user = |name, uid, gid| User { name, uid, gid };
        assert_eq!(found, [user("root", 0, 0), user("p1serial", 999, 995)]);
    }

    #[test]
    fn groups_are_read_with_their_members() {
        let group = "dialout:x:20:p1serial,me\nempty:x:7:\nnis:+\np1serial:x:995:\n";
        let found: Vec<_> =
            groups(group).map(|(name, id, who)| (name, id, who.collect::<Vec<_>>())).collect();
        assert_eq!(
            found,
            [
                ("dialout", 20, vec!["p1serial", "me"]),
                ("empty", 7, vec![""]),
                ("p1serial", 995, vec![""])
            ]
        );
    }
}
