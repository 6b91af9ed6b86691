//! The ssh keys of those who may log in.

use data_encoding::BASE64;
use p1_tcp::config::table;
use toml::de::DeValue;

/// The least length of an RSA key that OpenSSH takes, in bits (`RequiredRSASize`).
const LEAST_RSA: usize = 1024;

/// The kinds of keys that OpenSSH takes, and what follows the kind's name in each: how many bytes,
/// or a text, or a number.
const KINDS: [(&str, &[Field]); 7] = [
    ("ssh-ed25519", &[Field::Bytes(32)]),
    ("ssh-rsa", &[Field::Any, Field::Modulus]),
    ("ecdsa-sha2-nistp256", &[Field::Text("nistp256"), Field::Bytes(65)]),
    ("ecdsa-sha2-nistp384", &[Field::Text("nistp384"), Field::Bytes(97)]),
    ("ecdsa-sha2-nistp521", &[Field::Text("nistp521"), Field::Bytes(133)]),
    ("sk-ssh-ed25519@openssh.com", &[Field::Bytes(32), Field::Any]),
    (
        "sk-ecdsa-sha2-nistp256@openssh.com",
        &[Field::Text("nistp256"), Field::Bytes(65), Field::Any],
    ),
];

/// What a field of a key may be.
enum Field {
    Any,
    Bytes(usize),
    Text(&'static str),
    Modulus,
}

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The kind, as `ssh-ed25519`.
    pub kind: String,
    /// The key in base64.
    pub base64: String,
    /// What its owner calls it; may be empty.
    pub comment: String,
}

/// A line of a `.pub` file: the kind, the key in base64 (RFC 4253, section 6.6) and a comment. The
/// options that `authorized_keys` knows (sshd(8)) are not taken.
pub fn key(value: &DeValue<'_>) -> Result<Key, String> {
    let line = table::text(value)?.trim();
    if line.contains("PRIVATE KEY") {
        return Err(
            "holds a private key, which ought to stay secret where it was made; write the \
                    line of the file that ends in .pub"
                .into(),
        );
    }
    if line.contains(|sign: char| sign.is_control() && sign != '\t') {
        return Err(
            "has to be one line for each key; write each in quotation marks of its own, with \
                    a comma between them"
                .into(),
        );
    }
    let (kind, rest) = word(line);
    let (base64, comment) = word(rest);
    let Some((_, fields)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        return Err("holds something that is no public key; write the line of a .pub file, which \
                    begins with \"ssh-ed25519\", \"ssh-rsa\" or \"ecdsa-sha2-nistp256\""
            .into());
    };
    let blob = BASE64.decode(base64.as_bytes()).unwrap_or_default();
    let whole = parts(&blob).filter(|parts| is_whole(parts, kind, fields));
    let Some(parts) = whole else {
        return Err(format!(
            "holds a key ({kind}) that is not whole; copy the line of the .pub file once more"
        ));
    };
    if let (Some(Field::Modulus), Some(modulus)) = (fields.last(), parts.last()) {
        let length = bits(modulus);
        if length < LEAST_RSA {
            return Err(format!(
                "holds an RSA key of {length} bits, and OpenSSH takes those of {LEAST_RSA} and more; \
                 make one by `ssh-keygen -t ed25519`"
            ));
        }
    }
    let comment = comment.replace('\t', " ");
    Ok(Key { kind: kind.to_owned(), base64: base64.to_owned(), comment })
}

/// The first word, and what is behind the blanks that follow it.
fn word(text: &str) -> (&str, &str) {
    text.split_once([' ', '\t']).map_or((text, ""), |(word, rest)| (word, rest.trim_start()))
}

/// The parts of a key, each with its length in four bytes before it (RFC 4251, section 5).
fn parts(blob: &[u8]) -> Option<Vec<&[u8]>> {
    let (mut rest, mut parts) = (blob, Vec::new());
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (part, behind) = behind.split_at_checked(length)?;
        parts.push(part);
        rest = behind;
    }
    Some(parts)
}

fn is_whole(parts: &[&[u8]], kind: &str, fields: &[Field]) -> bool {
    let right = |(field, part): (&Field, &&[u8])| match field {
        Field::Any | Field::Modulus => !part.is_empty(),
        Field::Bytes(length) => part.len() == *length,
        Field::Text(text) => *part == text.as_bytes(),
    };
    parts.split_first().is_some_and(|(name, parts)| {
        *name == kind.as_bytes()
            && parts.len() == fields.len()
            && fields.iter().zip(parts).all(right)
    })
}

/// The length of a positive number, most significant byte first.
fn bits(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let first = number.get(zeros).map_or(0, |byte| byte.leading_zeros() as usize);
    ((number.len() - zeros) * 8).saturating_sub(first)
}
