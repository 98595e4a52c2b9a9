{if $known}{if $verified}<span class="badge badge-success">Verified</span>{else}<span class="badge badge-danger">Not Verified</span>{/if}{/if}
{if $note} <small>({$note})</small>{/if}
